// SPDX-License-Identifier: GPL-3.0-or-later
/* Prints CLOCK_MONOTONIC in ns: as the -c command of a tracer, the moment at which it had attached. */
#include <stdio.h>
#include <time.h>

int main(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	printf("attached %lld\n", t.tv_sec * 1000000000ll + t.tv_nsec);
	return 0;
}

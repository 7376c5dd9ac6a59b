// SPDX-License-Identifier: GPL-3.0-or-later
/* libFuzzer entry: any bytes as a worker's flat program. clang -fsanitize=fuzzer,address,undefined
 */
#include "flat_sample.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	sample_take(data, size);
	return 0;
}

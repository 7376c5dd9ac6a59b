/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The process that live tests trace. It makes exactly as many events of each kind as it is told, in
 * the order given, so that a test can compare counts and sums with numbers it knows.
 *
 *   target [-w] [-h SECONDS] EVENT=N...
 *     -w  print "ready PID" and wait for a byte on stdin first
 *     -h  afterwards print "done" and stay that long (0: until stdin ends)
 */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#if __has_include(<sys/sdt.h>)
#include <sys/sdt.h>
#define HAVE_SDT 1
#else
#define HAVE_SDT 0
#endif

/* A symbol that probes can find: kept whole, called for real. */
#ifdef __clang__
#define PROBED __attribute__((noinline, used, visibility("default")))
#else	/* GCC would make copies of it for constant arguments */
#define PROBED __attribute__((noinline, noclone, used, visibility("default")))
#endif
#define THREAD_CALLS 5
#define PAGE 4096

struct point {
	int x, y;
	const char *name;
};

volatile long target_sink;
long target_global = 0xb5c5;

PROBED int target_func(int i, long tenfold, const char *text, struct point *p);
PROBED int target_rec(int depth);
PROBED double target_float(double d);
PROBED void target_thread(int n);

int target_func(int i, long tenfold, const char *text, struct point *p)
{
	target_sink += tenfold + text[0] + p->x;
	return i * 2;
}

int target_rec(int depth)
{
	int below = depth > 0 ? target_rec(depth - 1) : 0;

	__asm__ volatile("" ::: "memory");
	return below + 1;
}

double target_float(double d)
{
	return d + 0.5;
}

void target_thread(int n)
{
	target_sink += n;
}

/* N calls target_func(i, 10 * i, "text", {3, 4, "point"}), i from 0. */
static int do_call(long n)
{
	struct point p = { 3, 4, "point" };

	for (long i = 0; i < n; i++)
		target_sink += target_func(i, i * 10, "text", &p);
	return 0;
}

/* One nest of N + 1 calls. */
static int do_recurse(long n)
{
	target_sink += target_rec(n);
	return 0;
}

static int do_float(long n)
{
	for (long i = 0; i < n; i++)
		target_sink += (long)target_float(i);
	return 0;
}

static int do_getppid(long n)
{
	for (long i = 0; i < n; i++)
		syscall(SYS_getppid);
	return 0;
}

/* openat and close. */
static int do_open(long n)
{
	for (long i = 0; i < n; i++) {
		int fd = open("/dev/null", O_RDONLY);

		if (fd < 0)
			return -1;
		close(fd);
	}
	return 0;
}

/* openat of what is not there. */
static int do_missing(long n)
{
	char path[64];

	for (long i = 0; i < n; i++) {
		snprintf(path, sizeof(path), "/nonexistent/target-%ld", i);
		if (open(path, O_RDONLY) >= 0 || errno != ENOENT)
			return -1;
	}
	return 0;
}

/* Sizes 0, 1, ... N - 1 (N at most 4096). */
static int do_write(long n)
{
	static const char buf[PAGE];
	int fd = open("/dev/null", O_WRONLY);

	for (long i = 0; i < n; i++) {
		if (write(fd, buf, i % PAGE) < 0)
			return -1;
	}
	close(fd);
	return 0;
}

/* One byte each from /dev/zero, which no overlay file system stands before. */
static int do_read(long n)
{
	int fd = open("/dev/zero", O_RDONLY);
	char c;

	for (long i = 0; i < n; i++) {
		if (read(fd, &c, 1) != 1)
			return -1;
	}
	close(fd);
	return 0;
}

static int do_fork(long n)
{
	for (long i = 0; i < n; i++) {
		pid_t child = fork();

		if (child == 0)
			_exit(i & 127);
		if (child < 0 || waitpid(child, NULL, 0) != child)
			return -1;
	}
	return 0;
}

static pid_t start_true(void)
{
	pid_t child = vfork();

	if (child == 0) {
		execl("/bin/true", "true", (char *)NULL);
		_exit(127);
	}
	return child;
}

static int do_exec(long n)
{
	for (long i = 0; i < n; i++) {
		pid_t child = start_true();

		if (child < 0 || waitpid(child, NULL, 0) != child)
			return -1;
	}
	return 0;
}

static void *thread(void *arg)
{
	for (int i = 0; i < THREAD_CALLS; i++)
		target_thread((long)arg);
	return NULL;
}

/* N threads, one after the other, each with 5 calls of target_thread(). */
static int do_thread(long n)
{
	for (long i = 0; i < n; i++) {
		pthread_t t;

		if (pthread_create(&t, NULL, thread, (void *)i))
			return -1;
		pthread_join(t, NULL);
	}
	return 0;
}

static void on_signal(int number)
{
	(void)number;
}

static int do_signal(long n)
{
	signal(SIGUSR2, on_signal);
	for (long i = 0; i < n; i++)
		kill(getpid(), SIGUSR2);
	return 0;
}

/* nanosleep of 1 ms. */
static int do_sleep(long n)
{
	struct timespec ms = { 0, 1000000 };

	for (long i = 0; i < n; i++)
		syscall(SYS_nanosleep, &ms, NULL);
	return 0;
}

/* N page faults for writing, in fresh memory. */
static int do_fault(long n)
{
	char *m = mmap(NULL, n * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (m == MAP_FAILED)
		return -1;
	madvise(m, n * PAGE, MADV_NOHUGEPAGE);
	for (long i = 0; i < n; i++)
		m[i * PAGE] = 1;
	munmap(m, n * PAGE);
	return 0;
}

static double cpu_time(void)
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return t.tv_sec + t.tv_nsec / 1e9;
}

/* N milliseconds of processor time. */
static int do_spin(long n)
{
	double end = cpu_time() + n / 1e3;

	while (cpu_time() < end)
		target_sink++;
	return 0;
}

/* N USDT probes target:hit(i, "usdt"). */
static int do_usdt(long n)
{
#if HAVE_SDT
	for (long i = 0; i < n; i++)
		DTRACE_PROBE2(target, hit, i, "usdt");
	return 0;
#else
	(void)n;
	errno = ENOSYS;
	return -1;
#endif
}

static const struct event {
	const char *name;
	int (*run)(long n);
} events[] = {
	{ "call", do_call },	 { "exec", do_exec },	    { "fault", do_fault },
	{ "float", do_float },	 { "fork", do_fork },	    { "getppid", do_getppid },
	{ "noent", do_missing }, { "open", do_open },	    { "read", do_read },
	{ "rec", do_recurse }, { "signal", do_signal }, { "sleep", do_sleep },
	{ "spin", do_spin },	 { "thread", do_thread },   { "usdt", do_usdt },
	{ "write", do_write },
};

static int run_event(const char *arg)
{
	const char *equals = strchr(arg, '=');

	for (size_t i = 0; equals && i < sizeof(events) / sizeof(events[0]); i++) {
		if (strlen(events[i].name) != (size_t)(equals - arg) ||
		    strncmp(events[i].name, arg, equals - arg) != 0)
			continue;
		if (events[i].run(atol(equals + 1))) {
			perror(arg);
			return 1;
		}
		return 0;
	}
	fprintf(stderr, "target: no event '%s'\n", arg);
	return 2;
}

int main(int argc, char **argv)
{
	double hold = -1;
	int opt, err;
	char c;

	while ((opt = getopt(argc, argv, "+wh:")) != -1) {
		if (opt == 'w') {
			printf("ready %d\n", getpid());
			fflush(stdout);
			if (read(0, &c, 1) != 1)
				return 3;
		} else if (opt == 'h') {
			hold = atof(optarg);
		} else {
			return 2;
		}
	}
	for (; optind < argc; optind++) {
		err = run_event(argv[optind]);
		if (err)
			return err;
	}
	if (hold < 0)
		return 0;
	puts("done");
	fflush(stdout);
	if (hold > 0)
		usleep(hold * 1e6);
	while (hold == 0 && read(0, &c, 1) == 1)
		;
	return 0;
}

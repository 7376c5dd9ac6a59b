// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * Calls compiled user-side code, and is there when it crashes: output made so far is sent, then one
 * sentence about the signal, then the process ends. Also the runtime functions that only talk to
 * the shell (print, clear, exit, the value of an expression).
 */
#include "loader/handler_run.h"

#include <errno.h>
#include <setjmp.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <time.h>
#include <ucontext.h>
#include <unistd.h>

#define TEXT_FLUSH 32768
#define PAGE_ERROR_WRITE 2	/* bit of the x86 page fault error code */

/* Static, so that a crash in malloc() does not cost what was printed before. */
static char printed[TEXT_FLUSH];
static size_t printed_len;

static sigjmp_buf leave;
static volatile sig_atomic_t running;
static struct handler_code code;	/* that of the run */
static uintptr_t stack_top;		/* of the run's first frame */
static char *why;
static uint64_t session_start;
static uint32_t session_target;

static void write_all(const void *bytes, size_t len)
{
	const char *p = bytes;

	while (len) {
		ssize_t n = write(HANDLER_FD, p, len);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			_exit(1);
		p += n;
		len -= (size_t)n;
	}
}

static void flush_printed(void)
{
	struct handler_header h = { HANDLER_SAY_TEXT, (uint32_t)(printed_len + 4) };
	uint32_t len = (uint32_t)printed_len;

	if (!len)
		return;
	write_all(&h, sizeof(h));
	write_all(&len, sizeof(len));
	write_all(printed, len);
	printed_len = 0;
}

void handler_say(enum handler_say type, const struct strbuf *payload)
{
	struct handler_header h = { (uint32_t)type, (uint32_t)payload->len };

	flush_printed();
	write_all(&h, sizeof(h));
	write_all(payload->text, payload->len);
}

void handler_say_text(enum handler_say type, const char *text)
{
	_cleanup_strbuf_ struct strbuf sb = STRBUF_INIT;

	if (text)
		wire_put_str(&sb, text);
	handler_say(type, &sb);
}

static ssize_t take_text(void *cookie, const char *p, size_t len)
{
	size_t left = len;

	(void)cookie;
	while (left) {
		size_t n = sizeof(printed) - printed_len;

		n = n < left ? n : left;
		memcpy(printed + printed_len, p, n);
		printed_len += n;
		p += n;
		left -= n;
		if (printed_len == sizeof(printed))
			flush_printed();
	}
	return (ssize_t)len;
}

static bool in_code(uintptr_t address)
{
	return code.base && address >= code.base && address - code.base < code.len;
}

/* The place that was left: where it crashed, or where the library function that did was called. */
static struct range crash_place(const ucontext_t *uc, bool scan)
{
	uintptr_t ip = (uintptr_t)uc->uc_mcontext.gregs[REG_RIP];
	uintptr_t sp = (uintptr_t)uc->uc_mcontext.gregs[REG_RSP] & ~(uintptr_t)7;
	struct range at = RANGE_NONE;

	for (; scan && !in_code(ip) && sp < stack_top; sp += sizeof(ip))
		ip = *(uintptr_t *)sp - 1;
	if (!in_code(ip))
		return at;
	for (size_t i = 0; i < code.n_lines && code.lines[i].offset <= ip - code.base; i++)
		at = code.lines[i].at;
	return at;
}

/* In a signal handler: nothing here allocates. */
static void __attribute__((noreturn)) say_crash(const char *text, struct range at)
{
	uint32_t len = (uint32_t)strlen(text), src = (uint32_t)at.src;
	struct handler_header h = { HANDLER_SAY_CRASHED, len + 24 };
	uint64_t ends[2] = { at.start, at.end };

	flush_printed();
	write_all(&h, sizeof(h));
	write_all(&len, sizeof(len));
	write_all(text, len);
	write_all(&src, sizeof(src));
	write_all(ends, sizeof(ends));
	_exit(0);
}

static bool near_stack_end(const ucontext_t *uc, uintptr_t address)
{
	uintptr_t sp = (uintptr_t)uc->uc_mcontext.gregs[REG_RSP];

	return address >= sp - 65536 && address < sp + 65536;
}

static void on_signal(int sig, siginfo_t *si, void *context)
{
	const ucontext_t *uc = context;
	uintptr_t address = (uintptr_t)si->si_addr;
	bool fault = sig == SIGSEGV || sig == SIGBUS;
	bool overflow = fault && near_stack_end(uc, address);
	struct range at = crash_place(uc, !overflow);
	char text[128];

	switch (sig) {
	case SIGSEGV:
	case SIGBUS:
		if (overflow)
			say_crash("crashed: the stack is used up (endless recursion?)", at);
		snprintf(text, sizeof(text), "crashed: %s of address %#lx",
			 uc->uc_mcontext.gregs[REG_ERR] & PAGE_ERROR_WRITE ? "write" : "read",
			 (unsigned long)address);
		if (!address)
			snprintf(text, sizeof(text), "crashed: %s of address 0",
				 uc->uc_mcontext.gregs[REG_ERR] & PAGE_ERROR_WRITE ? "write"
										   : "read");
		say_crash(text, at);
	case SIGFPE:
		say_crash("crashed: integer division by zero", at);
	case SIGABRT:
		say_crash("crashed: abort() was called", at);
	default:
		say_crash("crashed: it ran into code that cannot be", at);
	}
}

void handler_run_init(void)
{
	static const int signals[] = { SIGSEGV, SIGBUS, SIGFPE, SIGABRT, SIGILL, SIGTRAP };
	static char stack[65536];
	struct sigaction sa = { .sa_sigaction = on_signal, .sa_flags = SA_SIGINFO | SA_ONSTACK };
	cookie_io_functions_t io = { .write = take_text };
	struct timespec ts;

	sigaltstack(&(stack_t){ .ss_sp = stack, .ss_size = sizeof(stack) }, NULL);
	for (size_t i = 0; i < ARRAY_SIZE(signals); i++)
		sigaction(signals[i], &sa, NULL);
	stdout = fopencookie(NULL, "w", io);
	if (!stdout)
		mem_oom();
	setvbuf(stdout, NULL, _IONBF, 0);
	clock_gettime(CLOCK_MONOTONIC, &ts);
	session_start = (uint64_t)ts.tv_sec * 1000000000u + (uint64_t)ts.tv_nsec;
}

const char *handler_call(void (*fn)(void), const struct handler_code *of)
{
	code = *of;
	stack_top = (uintptr_t)__builtin_frame_address(0);
	mem_free(why);
	why = NULL;
	if (!sigsetjmp(leave, 0)) {
		running = 1;
		fn();
	}
	running = 0;
	return why;
}

void handler_abandon(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	why = mem_vprintf(NULL, fmt, ap);
	va_end(ap);
	if (!running)
		_exit(1);
	siglongjmp(leave, 1);
}

void handler_session(uint64_t start, uint32_t target)
{
	session_start = start;
	session_target = target;
}

static void host_print(const char *map)
{
	handler_say_text(HANDLER_SAY_PRINT, map);
}

static void host_clear(const char *map)
{
	handler_say_text(HANDLER_SAY_CLEAR, map);
}

static void host_zero(const char *map)
{
	handler_say_text(HANDLER_SAY_ZERO, map);
}

/* The run ends here too: what follows exit() is not meant to happen. */
static void __attribute__((noreturn)) host_exit(int status)
{
	_cleanup_strbuf_ struct strbuf sb = STRBUF_INIT;

	wire_put_u32(&sb, (uint32_t)status);
	handler_say(HANDLER_SAY_EXIT, &sb);
	strbuf_clear(&sb);
	if (!running)
		_exit(1);
	siglongjmp(leave, 1);
}

static void host_value(const char *type, const void *bytes, size_t size)
{
	_cleanup_strbuf_ struct strbuf sb = STRBUF_INIT;

	wire_put_str(&sb, type);
	wire_put_blob(&sb, bytes, size);
	handler_say(HANDLER_SAY_VALUE, &sb);
}

static unsigned long long host_nsecs(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (unsigned long long)ts.tv_sec * 1000000000u + (unsigned long long)ts.tv_nsec;
}

static unsigned long long host_elapsed(void)
{
	return host_nsecs() - session_start;
}

static unsigned host_target(void)
{
	return session_target;
}

const struct handler_symbol handler_run_symbols[] = {
	{ "bcsh_host_print", host_print },
	{ "bcsh_host_clear", host_clear },
	{ "bcsh_host_zero", host_zero },
	{ "bcsh_host_exit", host_exit },
	{ "bcsh_host_value", host_value },
	{ "bcsh_host_nsecs", host_nsecs },
	{ "bcsh_host_elapsed", host_elapsed },
	{ "bcsh_host_target", host_target },
};
const size_t handler_run_symbols_n = ARRAY_SIZE(handler_run_symbols);

/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Plays a dialogue with a program on a pseudo-terminal and says where it went wrong.
 *
 *   ptydrive SCRIPT CMD [ARG...]
 *
 * Lines of a script (blank ones and those with '#' first are skipped):
 *   > TEXT      send TEXT; \r \n \t \e \xHH \\ are understood, nothing is added
 *   < REGEX     wait for output that matches; it and all before it is then used up
 *   ! REGEX     fail if the output not yet used up matches
 *   t SECONDS   longest wait from here on (10 at first)
 *   w ROWS COLS resize the terminal
 *   s NUMBER    signal to the foreground process group
 *   m           forget the output so far
 *   x STATUS    wait for the end: the exit status (128 + N after signal N) must be this
 *
 * The dialogue goes to stdout. Exits 0, or 1 with the line that failed and what was unread.
 * Wait for the prompt before each line you send: a terminal has no other way to keep step.
 */
#include <ctype.h>
#include <errno.h>
#include <poll.h>
#include <pty.h>
#include <regex.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

struct drive {
	const char *script;
	int line;
	int fd;
	pid_t pid;		/* 0: ended and reaped */
	bool ended;		/* no more output */
	double limit;
	size_t len;
	char unread[1 << 20];
};

static struct drive d = { .limit = 10 };

static double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec + t.tv_nsec / 1e9;
}

static void fail(const char *what, const char *about)
{
	fflush(stdout);
	fprintf(stderr, "\n%s:%d: %s: %s\n--- unread:\n%s\n---\n", d.script, d.line, what, about, d.unread);
	if (d.pid > 0)
		kill(d.pid, SIGKILL);
	exit(1);
}

/* Takes what output there is within MS; false if none came. */
static bool take_output(int ms)
{
	struct pollfd p = { .fd = d.fd, .events = POLLIN };
	size_t room = sizeof(d.unread) - 1 - d.len;
	ssize_t n;

	if (room == 0)
		fail("too much output", "1 MiB unread");
	if (d.ended || poll(&p, 1, ms) <= 0)
		return false;
	n = read(d.fd, d.unread + d.len, room);
	if (n <= 0) {	/* EIO: the program has closed the terminal */
		d.ended = true;
		return false;
	}
	fwrite(d.unread + d.len, 1, n, stdout);
	fflush(stdout);
	for (ssize_t i = 0; i < n; i++) {
		if (!d.unread[d.len + i])
			d.unread[d.len + i] = ' ';
	}
	d.len += n;
	d.unread[d.len] = 0;
	return true;
}

static int hex(char c)
{
	return isdigit((unsigned char)c) ? c - '0' : (tolower((unsigned char)c) - 'a' + 10) & 15;
}

/* Decodes escapes in place; the length. */
static size_t decode(char *s)
{
	static const char letters[] = "rnte", values[] = "\r\n\t\033";
	char *out = s, *start = s;

	while (*s) {
		const char *letter = *s == '\\' && s[1] ? strchr(letters, s[1]) : NULL;

		if (letter) {
			*out++ = values[letter - letters];
			s += 2;
		} else if (s[0] == '\\' && s[1] == 'x' && s[2] && s[3]) {
			*out++ = hex(s[2]) << 4 | hex(s[3]);
			s += 4;
		} else {
			s += *s == '\\' && s[1];
			*out++ = *s++;
		}
	}
	return out - start;
}

static bool matches(const char *regex, bool use_up)
{
	regmatch_t m;
	regex_t re;
	bool hit;

	if (regcomp(&re, regex, REG_EXTENDED | REG_NEWLINE))
		fail("not a regular expression", regex);
	hit = regexec(&re, d.unread, 1, &m, 0) == 0;
	regfree(&re);
	if (hit && use_up) {
		d.len -= m.rm_eo;
		memmove(d.unread, d.unread + m.rm_eo, d.len + 1);
	}
	return hit;
}

static void do_send(char *arg)
{
	size_t len = decode(arg);

	if (write(d.fd, arg, len) != (ssize_t)len)
		fail("cannot send", strerror(errno));
}

static void do_expect(char *arg)
{
	double end = now() + d.limit;

	while (!matches(arg, true)) {
		if (d.ended)
			fail("the program ended; expected", arg);
		if (now() > end)
			fail("nothing came in time; expected", arg);
		take_output(50);
	}
}

static void do_refuse(char *arg)
{
	while (take_output(0))
		;
	if (matches(arg, false))
		fail("unexpected", arg);
}

static void do_limit(char *arg)
{
	d.limit = atof(arg);
}

static void do_resize(char *arg)
{
	struct winsize ws = { 0 };

	if (sscanf(arg, "%hu %hu", &ws.ws_row, &ws.ws_col) != 2 || ioctl(d.fd, TIOCSWINSZ, &ws))
		fail("cannot resize", arg);
}

static void do_signal(char *arg)
{
	if (ioctl(d.fd, TIOCSIG, (long)atoi(arg)))
		fail("cannot signal", arg);
}

static void do_forget(char *arg)
{
	(void)arg;
	while (take_output(0))
		;
	d.len = 0;
	d.unread[0] = 0;
}

static void do_end(char *arg)
{
	double end = now() + d.limit;
	char got[32];
	int status;

	while (!d.ended) {
		take_output(50);
		if (now() > end)
			fail("it does not end; expected status", arg);
	}
	while (waitpid(d.pid, &status, WNOHANG) == 0) {
		if (now() > end)
			fail("it closed the terminal and goes on; expected status", arg);
		usleep(2000);
	}
	d.pid = 0;
	status = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
	snprintf(got, sizeof(got), "%d, not %d", status, atoi(arg));
	if (status != atoi(arg))
		fail("exit status", got);
}

static const struct {
	char letter;
	void (*run)(char *arg);
} verbs[] = {
	{ '>', do_send },   { '<', do_expect }, { '!', do_refuse }, { 't', do_limit },
	{ 'w', do_resize }, { 's', do_signal }, { 'm', do_forget }, { 'x', do_end },
};

static void run_line(char *l)
{
	char no_arg[1] = "";

	for (size_t i = 0; i < sizeof(verbs) / sizeof(verbs[0]); i++) {
		if (verbs[i].letter == l[0] && (l[1] == ' ' || !l[1])) {
			verbs[i].run(l[1] ? l + 2 : no_arg);
			return;
		}
	}
	fail("not a line of a script", l);
}

static void play(FILE *f)
{
	char *l = NULL;
	size_t alloc = 0;
	ssize_t n;

	while ((n = getline(&l, &alloc, f)) > 0) {
		d.line++;
		if (l[n - 1] == '\n')
			l[n - 1] = 0;
		if (*l && *l != '#')
			run_line(l);
	}
	free(l);
}

int main(int argc, char **argv)
{
	struct winsize ws = { .ws_row = 24, .ws_col = 80 };
	FILE *f = argc > 2 ? fopen(argv[1], "r") : NULL;

	if (!f) {
		fprintf(stderr, "usage: ptydrive SCRIPT CMD [ARG...]\n");
		return 2;
	}
	d.script = argv[1];
	d.pid = forkpty(&d.fd, NULL, NULL, &ws);
	if (d.pid == 0) {
		execvp(argv[2], argv + 2);
		perror(argv[2]);
		_exit(127);
	}
	if (d.pid < 0) {
		perror("forkpty");
		return 2;
	}
	play(f);
	if (d.pid) {
		kill(d.pid, SIGHUP);
		close(d.fd);
		waitpid(d.pid, NULL, 0);
	}
	return 0;
}

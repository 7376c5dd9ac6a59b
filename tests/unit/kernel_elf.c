// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * Symbols of programs: what is found, and that a damaged file is only ever refused or read safely.
 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/strbuf.h"
#include "kernel/elf_symbol.h"

#define ROUNDS 300

static bool count_symbol(void *arg, const char *name, const struct elf_symbol *sym)
{
	assert_true(strlen(name) > 0);
	assert_null(strchr(name, '@'));
	assert_int_not_equal(sym->address, 0);
	++*(unsigned *)arg;
	return false;
}

static void test_files(void **state)
{
	char *libc = elf_find_file(NULL, "libc"), *sh = elf_find_file(NULL, "sh");
	unsigned n = 0;

	(void)state;
	assert_non_null(libc);
	assert_non_null(strstr(libc, "/libc.so.6"));
	assert_non_null(sh);
	assert_int_equal(elf_symbol_each(libc, count_symbol, &n), 0);
	assert_true(n > 1000);
	assert_null(elf_find_file(NULL, "no-such-library-at-all"));
	assert_null(elf_find_file(NULL, ""));
	assert_null(elf_find_file(NULL, "/etc"));
	assert_int_equal(elf_symbol_find(libc, "no_such_function", &(struct elf_symbol){ 0 }),
			 -ENOENT);
	assert_int_equal(elf_symbol_each("/etc/passwd", count_symbol, &n), -ENOEXEC);
	assert_int_equal(elf_symbol_each("/dev/zero", count_symbol, &n), -ENOEXEC);
	assert_int_equal(elf_symbol_each("/proc/self/nothing", count_symbol, &n), -ENOENT);
	mem_free(libc);
	mem_free(sh);
}

static void test_fifo(void **state)
{
	char dir[] = "/tmp/bcsh-elf-XXXXXX", path[64];
	unsigned n = 0;

	(void)state;
	assert_non_null(mkdtemp(dir));
	snprintf(path, sizeof(path), "%s/fifo", dir);
	assert_int_equal(mkfifo(path, 0600), 0);
	assert_int_equal(elf_symbol_each(path, count_symbol, &n), -ENOEXEC);
	unlink(path);
	rmdir(dir);
}

static bool read_symbol(void *arg, const char *name, const struct elf_symbol *sym)
{
	*(size_t *)arg += strlen(name) + (size_t)sym->offset;
	return false;
}

static uint32_t next(uint32_t *seed)
{
	*seed ^= *seed << 13;
	*seed ^= *seed >> 17;
	*seed ^= *seed << 5;
	return *seed;
}

/* Headers, section headers and symbols of this program, bent a little. */
static void test_damaged(void **state)
{
	char path[] = "/tmp/bcsh-elf-XXXXXX";
	struct strbuf file = STRBUF_INIT;
	int fd = mkstemp(path);
	uint32_t seed = 42;
	size_t sum = 0;

	(void)state;
	assert_int_equal(strbuf_read_file(&file, "/proc/self/exe", 64u << 20), 0);
	for (int round = 0; round < ROUNDS; round++) {
		char *copy = mem_dup(NULL, file.text, file.len);
		size_t len = next(&seed) % 10 ? file.len : next(&seed) % file.len;

		for (int i = 0; i < 6; i++) {
			size_t at = next(&seed) % 3 == 0 ? next(&seed) % 1024 :
							   file.len - 1 - next(&seed) % 4096;

			copy[at] = (char)next(&seed);
		}
		assert_int_equal(ftruncate(fd, 0), 0);
		assert_int_equal(pwrite(fd, copy, len, 0), (ssize_t)len);
		elf_symbol_each(path, read_symbol, &sum);
		mem_free(copy);
	}
	strbuf_clear(&file);
	close(fd);
	unlink(path);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_files), cmocka_unit_test(test_fifo),
		cmocka_unit_test(test_damaged),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

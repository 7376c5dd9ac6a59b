/* SPDX-License-Identifier: GPL-3.0-or-later */
/* For tests that trace: the target program held until the probe is there, event ids, symbols. */
#pragma once

#include "loader_help.h"

#include <elf.h>
#include <fcntl.h>
#include <limits.h>
#include <sched.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>

struct child {
	pid_t pid;
	int in, out;
};

static inline char *target_path(void *parent)
{
	char self[PATH_MAX];
	ssize_t n = readlink("/proc/self/exe", self, sizeof(self) - 1);

	self[n < 0 ? 0 : n] = 0;
	*strrchr(self, '/') = 0;
	return mem_printf(parent, "%s/test-target", self);
}

/* Starts the target, waiting before its events. */
static inline struct child target_start(const char *event, const char *more)
{
	struct child c = { .pid = -1 };
	char *path = target_path(NULL);
	int in[2], out[2];
	char line[64];

	assert_int_equal(pipe2(in, O_CLOEXEC), 0);
	assert_int_equal(pipe2(out, O_CLOEXEC), 0);
	c.pid = fork();
	if (c.pid == 0) {
		dup2(in[0], 0);
		dup2(out[1], 1);
		execl(path, "test-target", "-w", "-h", "0", event, more, (char *)NULL);
		_exit(127);
	}
	close(in[0]);
	close(out[1]);
	c.in = in[1];
	c.out = out[0];
	if (read(c.out, line, sizeof(line)) <= 0)
		fail_msg("cannot start %s", path);
	mem_free(path);
	return c;
}

/* Lets it make its events and waits until it has. */
static inline void target_go(struct child *c)
{
	char line[64];

	assert_int_equal(write(c->in, "g", 1), 1);
	assert_true(read(c->out, line, sizeof(line)) > 0);
}

static inline void target_end(struct child *c)
{
	close(c->in);
	close(c->out);
	waitpid(c->pid, NULL, 0);
}

/* tracefs of our own if nobody has mounted it, in a mount namespace that ends with us. */
static inline const char *tracefs(void)
{
	if (access("/sys/kernel/tracing/events", F_OK) == 0)
		return "/sys/kernel/tracing";
	if (unshare(CLONE_NEWNS) || mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) ||
	    mount("bcsh-test", "/sys/kernel/tracing", "tracefs", 0, NULL))
		return NULL;
	return "/sys/kernel/tracing";
}

static inline uint64_t event_id(const char *event)
{
	struct strbuf sb = STRBUF_INIT;
	char path[200];
	uint64_t id = 0;

	snprintf(path, sizeof(path), "%s/events/%s/id", tracefs(), event);
	if (!strbuf_read_file(&sb, path, 64))
		id = strtoull(sb.text, NULL, 10);
	strbuf_clear(&sb);
	return id;
}

/* File offset of a function in the target. */
static inline uint64_t symbol_offset(const char *path, const char *name)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	struct stat st;
	const char *base;
	const Elf64_Ehdr *eh;
	const Elf64_Shdr *sh;
	uint64_t value = 0, offset = 0;

	assert_int_equal(fstat(fd, &st), 0);
	base = mmap(NULL, st.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
	eh = (const void *)base;
	sh = (const void *)(base + eh->e_shoff);
	for (int i = 0; i < eh->e_shnum; i++) {
		const Elf64_Sym *sym = (const void *)(base + sh[i].sh_offset);

		if (sh[i].sh_type != SHT_SYMTAB)
			continue;
		for (size_t k = 0; k < sh[i].sh_size / sizeof(*sym); k++) {
			if (strcmp(base + sh[sh[i].sh_link].sh_offset + sym[k].st_name, name) == 0)
				value = sym[k].st_value;
		}
	}
	for (int i = 0; i < eh->e_phnum; i++) {
		const Elf64_Phdr *ph = (const Elf64_Phdr *)(base + eh->e_phoff) + i;

		if (ph->p_type == PT_LOAD && value >= ph->p_vaddr && value < ph->p_vaddr + ph->p_filesz)
			offset = value - ph->p_vaddr + ph->p_offset;
	}
	munmap((void *)base, st.st_size);
	close(fd);
	assert_int_not_equal(offset, 0);
	return offset;
}

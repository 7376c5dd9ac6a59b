// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * From "libc" or "bash" to the file: the dynamic loader's cache, the directories it knows without
 * one, and the shell's search path.
 */
#include "kernel/elf_symbol.h"

#include <dirent.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/strbuf.h"

#define CACHE "/etc/ld.so.cache"
#define CACHE_MAGIC "glibc-ld.so.cache1.1"
#define CACHE_MAX (64u << 20)
#define FLAG_X86_64 0x0303	/* an ELF library for x86-64 */

struct cache_header {
	char magic[20];
	uint32_t n;
	uint32_t strings_len;
	uint32_t unused[5];
};

struct cache_entry {
	int32_t flags;
	uint32_t name, path;	/* offsets from the header */
	uint32_t os_version;
	uint64_t hardware;
};

static bool is_file(const char *path)
{
	struct stat st;

	return !stat(path, &st) && S_ISREG(st.st_mode);
}

/* Does "libc.so.6" go by the name NAME: itself, "libc", "libc.so" or "c"? */
static bool library_is(const char *file, const char *name)
{
	size_t len = strlen(name);

	if (!strcmp(file, name))
		return true;
	if (strncmp(file, name, len)) {
		if (strncmp(file, "lib", 3) || strncmp(file + 3, name, len))
			return false;
		file += 3;
	}
	file += len;
	return !strncmp(file, ".so", 3) && (!file[3] || file[3] == '.');
}

static const char *cache_string(const struct strbuf *sb, size_t header, uint32_t offset)
{
	if (offset >= sb->len - header || !memchr(sb->text + header + offset, '\0',
						  sb->len - header - offset))
		return "";
	return sb->text + header + offset;
}

static char *in_cache(const void *parent, const char *name)
{
	_cleanup_strbuf_ struct strbuf sb = STRBUF_INIT;
	struct cache_header h;
	size_t at = 0;

	if (strbuf_read_file(&sb, CACHE, CACHE_MAX) || sb.len < sizeof(h))
		return NULL;
	/* An old table may stand before the one we know. */
	if (memcmp(sb.text, CACHE_MAGIC, strlen(CACHE_MAGIC))) {
		const char *p = memmem(sb.text, sb.len, CACHE_MAGIC, strlen(CACHE_MAGIC));

		if (!p || (size_t)(p - sb.text) > sb.len - sizeof(h))
			return NULL;
		at = (size_t)(p - sb.text);
	}
	memcpy(&h, sb.text + at, sizeof(h));
	for (uint32_t i = 0; i < h.n; i++) {
		size_t where = at + sizeof(h) + i * sizeof(struct cache_entry);
		struct cache_entry e;
		const char *path;

		if (where > sb.len || sb.len - where < sizeof(e))
			return NULL;
		memcpy(&e, sb.text + where, sizeof(e));
		if (e.flags != FLAG_X86_64 || !library_is(cache_string(&sb, at, e.name), name))
			continue;
		path = cache_string(&sb, at, e.path);
		if (is_file(path))
			return mem_strdup(parent, path);
	}
	return NULL;
}

static char *in_directory(const void *parent, const char *dir, const char *name)
{
	DIR *d = opendir(dir);
	struct dirent *e;
	char *found = NULL;

	while (d && !found && (e = readdir(d))) {
		if (!library_is(e->d_name, name))
			continue;
		found = mem_printf(parent, "%s/%s", dir, e->d_name);
		if (!is_file(found)) {
			mem_free(found);
			found = NULL;
		}
	}
	if (d)
		closedir(d);
	return found;
}

static char *in_path(const void *parent, const char *name)
{
	const char *path = getenv("PATH");

	for (path = path ? path : "/usr/bin:/bin"; *path;) {
		size_t len = strcspn(path, ":");
		char *file = mem_printf(parent, "%.*s/%s", (int)len, path, name);

		if (len && is_file(file))
			return file;
		mem_free(file);
		path += len + (path[len] == ':');
	}
	return NULL;
}

char *elf_find_file(const void *parent, const char *name)
{
	static const char *const dirs[] = {
		"/lib/x86_64-linux-gnu", "/usr/lib/x86_64-linux-gnu", "/lib64", "/usr/lib64",
		"/lib", "/usr/lib", "/usr/local/lib",
	};
	char *found;

	if (!*name)
		return NULL;
	if (strchr(name, '/')) {
		/*
		 * A path that holds wherever we are and whoever opens it; other links stay as they
		 * are.
		 */
		bool relative = name[0] != '/' || !strncmp(name, "/proc/self/", 11);
		char *real = is_file(name) ? realpath(name, NULL) : NULL;

		found = real ? mem_strdup(parent, relative ? real : name) : NULL;
		free(real);
		return found;
	}
	found = in_cache(parent, name);
	for (size_t i = 0; !found && i < ARRAY_SIZE(dirs); i++)
		found = in_directory(parent, dirs[i], name);
	return found ? found : in_path(parent, name);
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Messages between handler.c and bcsh-handler: struct handler_header, then `length` bytes of
 * payload in the form of base/wire.h. A map's descriptor comes with the header of its MAP message
 * by SCM_RIGHTS.
 */
#pragma once

#include <stdint.h>

#define HANDLER_MESSAGE_MAX (64u << 20)

/*
 * What the worker makes of user-side code, and nobody between it and the handler looks into: u32
 * magic, blob ELF object, u32 count, then for each line u32 offset in .text and struct range (u32,
 * u64, u64), sorted by offset. A bare ELF object will do as well.
 */
#define HANDLER_CODE_MAGIC 0x6f686362u

struct handler_header {
	uint32_t type;
	uint32_t length;
};

enum handler_ask { /* to the handler; each is answered by DONE or FAILED */
		   HANDLER_ASK_ADD = 1, /* u32 id, blob object */
		   HANDLER_ASK_DROP, /* u32 id */
		   HANDLER_ASK_MAP, /* str name, u32 type, key_size, value_size, max_entries, u8
				       global */
		   HANDLER_ASK_RUN, /* u32 id, str function */
		   HANDLER_ASK_SESSION, /* u64 start (CLOCK_MONOTONIC ns), u32 target */
};

enum handler_say {	/* from the handler, in the order in which they happened */
	HANDLER_SAY_DONE = 1,
	HANDLER_SAY_FAILED,	/* str: a sentence; the process goes on */
	HANDLER_SAY_CRASHED,	/* str: a sentence, struct range as above; the process ends now */
	HANDLER_SAY_TEXT,	/* blob */
	HANDLER_SAY_PRINT,	/* str: the map's name */
	HANDLER_SAY_CLEAR,
	HANDLER_SAY_ZERO,
	HANDLER_SAY_EXIT,	/* u32 status */
	HANDLER_SAY_VALUE,	/* str C type, blob */
};

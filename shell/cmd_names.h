/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What several command files share: arguments that name things. */
#pragma once

#include "shell/session.h"

enum diag_status each_word(struct session *s, const char *args,
			   enum diag_status (*fn)(struct session *s, const char *word));
/* Says so, with the nearest names. */
enum diag_status no_such_map(struct session *s, const char *name);
/* False: there is no such map. */
bool drop_map(struct session *s, const char *name);

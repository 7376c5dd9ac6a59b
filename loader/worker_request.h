/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Between worker_zygote.c, which makes processes, and worker_main.c, which knows what they do. */
#pragma once

/* In the zygote, once. */
void worker_request_init(void);
/* Does what a request makes the compiler do, and forgets it. */
void worker_request_warm(void);
/* Reads a request from FD, answers it and ends the process. */
void worker_request(int fd) __attribute__((noreturn));
/* bcsh-worker's main(). Returns in the zygote only, with an exit status. */
int worker_zygote(void);

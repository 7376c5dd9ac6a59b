/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One request, in a process that is made for it and ends with it. */
#pragma once

/* In the zygote, once. */
void worker_request_init(void);
/* Does what a request makes the compiler do, and forgets it. */
void worker_request_warm(void);
/* Reads a request from FD, answers it and ends the process. */
void worker_request(int fd) __attribute__((noreturn));

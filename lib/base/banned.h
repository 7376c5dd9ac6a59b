/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Force-included into every C file: calls that have no safe use here do not compile. */
#pragma once

#include <stdio.h>
#include <string.h>

#pragma GCC poison strcpy strcat sprintf vsprintf gets strtok

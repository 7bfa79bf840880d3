/*
 * SPDX-License-Identifier: GPL-2.0-or-later
 * Copyright (C) 2026 The hurd-arm64 developers
 *
 * Names of the servers and translators that programs rely on.
 */

#ifndef _HURD_PATHS_H
#define _HURD_PATHS_H

/* Nodes that servers sit on. Below _SERVERS_SOCKET the name is the number
   of the protocol family. */
#define _SERVERS		"/servers/"
#define _SERVERS_CRASH		"/servers/crash"
#define _SERVERS_EXEC		"/servers/exec"
#define _SERVERS_STARTUP	"/servers/startup"
#define _SERVERS_PROC		"/servers/proc"
#define _SERVERS_PASSWORD	"/servers/password"
#define _SERVERS_DEFPAGER	"/servers/default-pager"
#define _SERVERS_SOCKET		"/servers/socket"
#define _SERVERS_BUS		"/servers/bus"
#define _SERVERS_ACPI		"/servers/acpi"

/* Programs of servers and translators. */
#define _HURD			"/hurd/"
#define _HURD_STARTUP		"/hurd/startup"
#define _HURD_PROC		"/hurd/proc"
#define _HURD_AUTH		"/hurd/auth"
#define _HURD_SYMLINK		"/hurd/symlink"
#define _HURD_CHRDEV		"/hurd/chrdev"
#define _HURD_BLKDEV		"/hurd/blkdev"
#define _HURD_FIFO		"/hurd/fifo"
#define _HURD_IFSOCK		"/hurd/ifsock"
#define _HURD_MAGIC		"/hurd/magic"
#define _HURD_MTAB		"/hurd/mtab"

#endif /* _HURD_PATHS_H */

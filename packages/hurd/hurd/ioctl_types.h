/*
 * SPDX-License-Identifier: GPL-2.0-or-later
 * Copyright (C) 2026 The hurd-arm64 developers
 *
 * Types of the ioctls: what C programs see of hurd/ioctl_types.defs and the
 * definitions that use it.
 */

#ifndef _HURD_IOCTL_TYPES_H
#define _HURD_IOCTL_TYPES_H

#include <stdint.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <termios.h>

/* Terminals: the parts of a struct termios, and the size of a window. */
typedef tcflag_t modes_t[4];	/* c_iflag, c_oflag, c_cflag, c_lflag */
typedef const tcflag_t *const_modes_t;
typedef cc_t ccs_t[NCCS];
typedef const cc_t *const_ccs_t;
typedef speed_t speeds_t[2];	/* input, output */
typedef const speed_t *const_speeds_t;
typedef struct winsize winsize_t;

/* Networks. */
typedef char ifname_t[16];
typedef const char *const_ifname_t;
typedef struct sockaddr sockaddr_t;

/* A route (rioctl_siocaddrt). Addresses are in network order. */
typedef struct srtentry {
	uint32_t rt_dest;
	uint32_t rt_mask;
	uint32_t rt_gateway;
	int rt_flags;		/* RTF_* */
	int rt_metric;
	int rt_mtu;
	int rt_window;
	int rt_irtt;		/* initial round trip time */
	int rt_tos;
	int rt_class;
} srtentry_t;

#endif /* _HURD_IOCTL_TYPES_H */

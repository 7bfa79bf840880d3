/*
 * SPDX-License-Identifier: GPL-2.0-or-later
 * Copyright (C) 2026 The hurd-arm64 developers
 *
 * The real-time clock: its time and its ioctls (see hurd/pioctl.defs).
 */

#ifndef _HURD_RTC_H
#define _HURD_RTC_H

#include <sys/ioctl.h>

struct rtc_time {
	int tm_sec;
	int tm_min;
	int tm_hour;
	int tm_mday;
	int tm_mon;
	int tm_year;
	int tm_wday;
	int tm_yday;
	int tm_isdst;
};

typedef struct rtc_time rtc_time_t;

/* How the C library's _IO macros describe the argument: nine integers. */
#define _IOT_rtc_time	_IOT(_IOTS(int), 9, 0, 0, 0, 0)

#define RTC_UIE_ON	_IO('p', 0x03)
#define RTC_UIE_OFF	_IO('p', 0x04)
#define RTC_RD_TIME	_IOR('p', 0x09, struct rtc_time)
#define RTC_SET_TIME	_IOW('p', 0x0a, struct rtc_time)

#endif /* _HURD_RTC_H */

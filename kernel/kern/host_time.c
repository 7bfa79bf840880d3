/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The hurd-arm64 developers */
/*
 * The time of the host (GNU Mach manual, Host Time).
 */

#include <stdbool.h>

#include <kern/clock.h>
#include <kern/host.h>
#include <mach/time_value.h>
#include <mach_host.server.h>

/* Seconds that a 64-bit count of nanoseconds holds; as the time of day. */
#define TIME_SECONDS_MAX	(INT64_MAX / TIME_NANOS_MAX - 1)

static bool
time_valid(const time_value64_t *time)
{
	return time->seconds >= 0 && time->seconds <= TIME_SECONDS_MAX / 2 &&
	    time->nanoseconds >= 0 && time->nanoseconds < TIME_NANOS_MAX;
}

kern_return_t
host_get_time64(host_t host, time_value64_t *time)
{
	if (host == HOST_NULL)
		return KERN_INVALID_HOST;
	clock_get_time(time);
	return KERN_SUCCESS;
}

kern_return_t
host_get_time(host_t host, time_value_t *time)
{
	time_value64_t now;

	if (host == HOST_NULL)
		return KERN_INVALID_HOST;
	clock_get_time(&now);
	TIME_VALUE64_TO_TIME_VALUE(&now, time);
	return KERN_SUCCESS;
}

kern_return_t
host_get_uptime64(host_t host, time_value64_t *uptime)
{
	if (host == HOST_NULL)
		return KERN_INVALID_HOST;
	clock_get_uptime(uptime);
	return KERN_SUCCESS;
}

kern_return_t
host_set_time64(host_t host, time_value64_t time)
{
	if (host == HOST_NULL)
		return KERN_INVALID_HOST;
	if (!time_valid(&time))
		return KERN_INVALID_ARGUMENT;
	clock_set_time(&time);
	return KERN_SUCCESS;
}

/* The macros of time_value.h multiply in 32 bits: here it is done in 64. */
static bool
time_from_micros(const time_value_t *micros, time_value64_t *time)
{
	time->seconds = micros->seconds;
	time->nanoseconds = (int64_t)micros->microseconds * 1000;
	return micros->microseconds >= 0 &&
	    micros->microseconds < TIME_MICROS_MAX;
}

kern_return_t
host_set_time(host_t host, time_value_t time)
{
	time_value64_t time64;

	if (host == HOST_NULL)
		return KERN_INVALID_HOST;
	if (!time_from_micros(&time, &time64))
		return KERN_INVALID_ARGUMENT;
	return host_set_time64(host, time64);
}

/* An adjustment, possibly negative: seconds and a part of either sign. */
static bool
adjustment_valid(int64_t seconds, int64_t nanoseconds)
{
	return seconds > -TIME_SECONDS_MAX / 2 &&
	    seconds < TIME_SECONDS_MAX / 2 &&
	    nanoseconds > -TIME_NANOS_MAX && nanoseconds < TIME_NANOS_MAX;
}

kern_return_t
host_adjust_time64(host_t host, time_value64_t adjustment,
    time_value64_t *old)
{
	int64_t left;

	if (host == HOST_NULL)
		return KERN_INVALID_HOST;
	if (adjustment.nanoseconds == MACH_ADJTIME_NSECS_OMIT) {
		left = clock_adjustment_left();
	} else {
		if (!adjustment_valid(adjustment.seconds,
		    adjustment.nanoseconds))
			return KERN_INVALID_ARGUMENT;
		left = clock_adjust_time(adjustment.seconds * TIME_NANOS_MAX +
		    adjustment.nanoseconds);
	}
	old->seconds = left / TIME_NANOS_MAX;
	old->nanoseconds = left % TIME_NANOS_MAX;
	return KERN_SUCCESS;
}

kern_return_t
host_adjust_time(host_t host, time_value_t adjustment, time_value_t *old)
{
	time_value64_t adjustment64, old64;
	kern_return_t kr;

	if (host == HOST_NULL)
		return KERN_INVALID_HOST;
	adjustment64.seconds = adjustment.seconds;
	adjustment64.nanoseconds =
	    adjustment.microseconds == MACH_ADJTIME_USECS_OMIT
	    ? MACH_ADJTIME_NSECS_OMIT
	    : (int64_t)adjustment.microseconds * 1000;
	kr = host_adjust_time64(host, adjustment64, &old64);
	if (kr == KERN_SUCCESS)
		TIME_VALUE64_TO_TIME_VALUE(&old64, old);
	return kr;
}

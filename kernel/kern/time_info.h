/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The hurd-arm64 developers */
/*
 * For the routines that fill information arrays.
 */
#ifndef KERN_TIME_INFO_H
#define KERN_TIME_INFO_H

#include <stdint.h>

#include <lib/macros.h>
#include <lib/string.h>
#include <mach/kern_return.h>
#include <mach/message.h>
#include <mach/mig_errors.h>
#include <mach/time_value.h>
#include <machine/platform.h>

static inline void
time_info_from_ns(time_value64_t *time, uint64_t ns)
{
	time->seconds = (int64_t)(ns / TIME_NANOS_MAX);
	time->nanoseconds = (int64_t)(ns % TIME_NANOS_MAX);
}

static inline void
time_info_from_ticks(time_value64_t *time, uint64_t ticks)
{
	time_info_from_ns(time, machine_ticks_to_ns(ticks));
}

static inline rpc_time_value_t
time_info_to_micros(const time_value64_t *time)
{
	rpc_time_value_t micros = {
		.seconds = time->seconds,
		.microseconds = (integer_t)(time->nanoseconds / 1000),
	};

	return micros;
}

/*
 * Give `words` words to a caller with room for *count: as much as fits, and
 * MIG_ARRAY_TOO_LARGE with the number there would have been (GNU Mach manual,
 * thread_info).
 */
static inline kern_return_t
info_copy(integer_t *info, mach_msg_type_number_t *count, const void *data,
    mach_msg_type_number_t words)
{
	mach_msg_type_number_t room = *count;

	memcpy(info, data, MIN(room, words) * sizeof(*info));
	*count = words;
	return room < words ? MIG_ARRAY_TOO_LARGE : KERN_SUCCESS;
}

#endif /* KERN_TIME_INFO_H */

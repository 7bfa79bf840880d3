/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The hurd-arm64 developers */
/*
 * Data that pagers were given back and have not stored yet.
 */
#include <kern/clock.h>
#include <kern/kalloc.h>
#include <kern/lock.h>
#include <kern/waitq.h>
#include <lib/list.h>
#include <vm/memory_object_returned.h>
#include <vm/vm_object.h>

struct memory_object_returns {
	uint32_t references;		/* the object, and each record */
	uint64_t count;			/* records that ever began */
	struct list records;		/* in the order of their beginning */
	struct waitq waiters;
};

struct memory_object_returned {
	struct list link;
	struct memory_object_returns *returns;
	uint64_t number;		/* 0: not begun */
	uint64_t start;
	uint64_t end;
};

static spinlock_t returned_lock = SPINLOCK_INITIALIZER;

struct memory_object_returns *
memory_object_returns_create(void)
{
	struct memory_object_returns *returns = kalloc(sizeof(*returns));

	if (returns == NULL)
		return NULL;
	returns->references = 1;
	returns->count = 0;
	list_init(&returns->records);
	waitq_init(&returns->waiters);
	return returns;
}

/* Drop a reference; the lock is held, and released. */
static void
memory_object_returns_put(struct memory_object_returns *returns)
{
	bool last = --returns->references == 0;

	spin_unlock(&returned_lock);
	if (last)
		kfree(returns, sizeof(*returns));
}

void
memory_object_returns_free(struct memory_object_returns *returns)
{
	spin_lock(&returned_lock);
	memory_object_returns_put(returns);
}

struct memory_object_returned *
memory_object_returned_create(struct memory_object_returns *returns)
{
	struct memory_object_returned *record = kalloc(sizeof(*record));

	if (record == NULL)
		return NULL;
	record->returns = returns;
	record->number = 0;
	spin_lock(&returned_lock);
	returns->references++;
	spin_unlock(&returned_lock);
	return record;
}

void
memory_object_returned_begin(struct memory_object_returned *record,
    uint64_t offset, uint64_t size)
{
	struct memory_object_returns *returns = record->returns;

	record->start = offset;
	record->end = offset + size;
	spin_lock(&returned_lock);
	record->number = ++returns->count;
	list_insert_tail(&returns->records, &record->link);
	spin_unlock(&returned_lock);
}

void
memory_object_returned_end(struct memory_object_returned *record)
{
	struct memory_object_returns *returns = record->returns;

	spin_lock(&returned_lock);
	if (record->number != 0) {
		list_remove(&record->link);
		waitq_wake_all(&returns->waiters, WAIT_DONE);
	}
	memory_object_returns_put(returns);
	kfree(record, sizeof(*record));
}

/* A record up to `last` has something of [start, end).  Locked. */
static bool
memory_object_returns_out(const struct memory_object_returns *returns,
    uint64_t last, uint64_t start, uint64_t end)
{
	const struct memory_object_returned *record;

	list_for_each_entry(&returns->records, record, link) {
		if (record->number > last)
			return false;
		if (record->start < end && start < record->end)
			return true;
	}
	return false;
}

/* The object has no pager any more. */
static bool
memory_object_deserted(struct vm_object *object)
{
	bool deserted;

	spin_lock(&object->lock);
	deserted = object->pager == NULL;
	spin_unlock(&object->lock);
	return deserted;
}

kern_return_t
memory_object_returned_wait(struct vm_object *object, uint64_t start,
    uint64_t end)
{
	struct memory_object_returns *returns = object->returns;
	int woken = WAIT_DONE;
	uint64_t last;

	spin_lock(&returned_lock);
	last = returns->count;
	while (woken == WAIT_DONE &&
	    memory_object_returns_out(returns, last, start, end)) {
		woken = waitq_wait(&returns->waiters, &returned_lock, true,
		    clock_deadline_ms(MEMORY_OBJECT_PATIENCE));
		spin_lock(&returned_lock);
	}
	spin_unlock(&returned_lock);
	if (memory_object_deserted(object))
		return KERN_MEMORY_FAILURE;
	if (woken == WAIT_INTERRUPTED)
		return KERN_ABORTED;
	return woken == WAIT_TIMED_OUT ? KERN_TIMEDOUT : KERN_SUCCESS;
}

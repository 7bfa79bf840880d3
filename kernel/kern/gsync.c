/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The hurd-arm64 developers */
/*
 * gsync: threads that wait until memory changes (mach/gnumach.defs).
 *
 * A waiter stands in a hash bucket by the identity of its memory: map and
 * address if task-local, object and offset if shared.  It enters the bucket
 * before it looks at the memory, so that a change and a wake-up in between
 * find it.
 */
#include <kern/clock.h>
#include <kern/gsync.h>
#include <kern/lock.h>
#include <kern/task.h>
#include <kern/thread.h>
#include <kern/waitq.h>
#include <lib/list.h>
#include <lib/macros.h>
#include <machine/usercopy.h>
#include <vm/vm_map.h>
#include <vm/vm_object.h>

#include <gnumach.server.h>

#define GSYNC_BUCKETS	256u

/* What is waited for; holds a reference on its space. */
struct gsync_key {
	bool shared;
	void *space;			/* struct vm_object or vm_map */
	uint64_t offset;
};

struct gsync_bucket {
	spinlock_t lock;
	struct list waiters;
};

/* On the waiting thread's stack. */
struct gsync_waiter {
	struct list link;
	struct gsync_bucket *bucket;	/* NULL: woken */
	struct gsync_key key;
	struct thread *thread;
};

static struct gsync_bucket buckets[GSYNC_BUCKETS];

void
gsync_setup(void)
{
	unsigned int i;

	for (i = 0; i < GSYNC_BUCKETS; i++) {
		spin_init(&buckets[i].lock);
		list_init(&buckets[i].waiters);
	}
}

static void
key_reference(const struct gsync_key *key)
{
	if (key->shared)
		vm_object_reference(key->space);
	else
		vm_map_reference(key->space);
}

static void
key_release(const struct gsync_key *key)
{
	if (key->shared)
		vm_object_deallocate(key->space);
	else
		vm_map_deallocate(key->space);
}

static bool
key_equal(const struct gsync_key *a, const struct gsync_key *b)
{
	return a->space == b->space && a->offset == b->offset;
}

/* Identify `address`; the key gets a reference. */
static kern_return_t
key_make(struct gsync_key *key, task_t task, uintptr_t address, int flags)
{
	struct vm_object *object;
	kern_return_t kr;

	if (task == NULL)
		return KERN_INVALID_TASK;
	if ((address & (sizeof(uint32_t) - 1)) != 0)
		return KERN_INVALID_ARGUMENT;
	key->shared = (flags & GSYNC_SHARED) != 0;
	if (!key->shared) {
		key->space = task->map;
		key->offset = address;
		key_reference(key);
		return KERN_SUCCESS;
	}
	kr = vm_map_identify(task->map, address, &object, &key->offset);
	key->space = object;
	return kr;
}

static struct gsync_bucket *
key_bucket(const struct gsync_key *key)
{
	uint64_t hash = (uintptr_t)key->space / 64 + key->offset / 4;

	hash *= 0x9e3779b97f4a7c15u;
	return &buckets[hash >> 56];
}

static kern_return_t
memory_read(task_t task, uintptr_t address, uint32_t *words, size_t size)
{
	if (task == current_task())
		return copyin(words, address, size);
	return vm_map_read_user(task->map, address, words, size);
}

static kern_return_t
memory_write(task_t task, uintptr_t address, uint32_t word)
{
	if (task == current_task())
		return copyout(address, &word, sizeof(word));
	return vm_map_write_user(task->map, address, &word, sizeof(word));
}

/* KERN_SUCCESS if the memory has the values that the caller waits with. */
static kern_return_t
memory_compare(task_t task, uintptr_t address, const uint32_t *values,
    int flags)
{
	uint32_t words[2];
	bool quad = (flags & GSYNC_QUAD) != 0;
	kern_return_t kr;

	kr = memory_read(task, address, words,
	    quad ? sizeof(words) : sizeof(words[0]));
	if (kr != KERN_SUCCESS)
		return KERN_INVALID_ADDRESS;
	if (words[0] != values[0] || (quad && words[1] != values[1]))
		return KERN_INVALID_ARGUMENT;
	return KERN_SUCCESS;
}

static void
waiter_insert(struct gsync_waiter *waiter)
{
	waiter->bucket = key_bucket(&waiter->key);
	waiter->thread = thread_self();
	spin_lock(&waiter->bucket->lock);
	list_insert_tail(&waiter->bucket->waiters, &waiter->link);
	spin_unlock(&waiter->bucket->lock);
}

/* Lock the bucket that the waiter is in; NULL, unlocked: it was woken. */
static struct gsync_bucket *
waiter_lock(struct gsync_waiter *waiter)
{
	struct gsync_bucket *bucket;

	for (;;) {
		bucket = __atomic_load_n(&waiter->bucket, __ATOMIC_ACQUIRE);
		if (bucket == NULL)
			return NULL;
		spin_lock(&bucket->lock);
		if (waiter->bucket == bucket)
			return bucket;
		spin_unlock(&bucket->lock);
	}
}

/* Leave the bucket; false if the waiter was woken before. */
static bool
waiter_remove(struct gsync_waiter *waiter)
{
	struct gsync_bucket *bucket = waiter_lock(waiter);

	if (bucket == NULL)
		return false;
	list_remove(&waiter->link);
	spin_unlock(&bucket->lock);
	return true;
}

/* The bucket is locked.  The waiter is gone with the next unlock. */
static void
waiter_wake(struct gsync_waiter *waiter)
{
	struct thread *thread = waiter->thread;

	list_remove(&waiter->link);
	__atomic_store_n(&waiter->bucket, NULL, __ATOMIC_RELEASE);
	thread_wake(thread, WAIT_DONE, false);
}

/* Sleep until woken; the memory was right while we stood in the bucket. */
static kern_return_t
waiter_sleep(struct gsync_waiter *waiter, unsigned int ms, int flags)
{
	uint64_t deadline = (flags & GSYNC_TIMED) != 0 ?
	    clock_deadline_ms(ms) : WAIT_FOREVER;
	struct gsync_bucket *bucket = waiter_lock(waiter);
	int result;

	if (bucket == NULL)
		return KERN_SUCCESS;
	result = thread_sleep_unlock(&bucket->lock, true, deadline);
	if (result == WAIT_DONE || !waiter_remove(waiter))
		return KERN_SUCCESS;
	return result == WAIT_TIMED_OUT ? KERN_TIMEDOUT : KERN_INTERRUPTED;
}

kern_return_t
gsync_wait(task_t task, vm_address_t address, unsigned value,
    unsigned value_high, natural_t ms, int flags)
{
	const uint32_t values[2] = { value, value_high };
	struct gsync_waiter waiter;
	kern_return_t kr;

	kr = key_make(&waiter.key, task, address, flags);
	if (kr != KERN_SUCCESS)
		return kr;
	waiter_insert(&waiter);
	kr = memory_compare(task, address, values, flags);
	if (kr == KERN_SUCCESS)
		kr = waiter_sleep(&waiter, ms, flags);
	else if (!waiter_remove(&waiter))
		kr = KERN_SUCCESS;
	key_release(&waiter.key);
	return kr;
}

kern_return_t
gsync_wake(task_t task, vm_address_t address, unsigned value, int flags)
{
	struct gsync_waiter *waiter;
	struct gsync_waiter *next;
	struct gsync_bucket *bucket;
	struct gsync_key key;
	kern_return_t kr;

	kr = key_make(&key, task, address, flags);
	if (kr != KERN_SUCCESS)
		return kr;
	if ((flags & GSYNC_MUTATE) != 0 &&
	    memory_write(task, address, value) != KERN_SUCCESS) {
		key_release(&key);
		return KERN_INVALID_ADDRESS;
	}
	kr = KERN_INVALID_ARGUMENT;
	bucket = key_bucket(&key);
	spin_lock(&bucket->lock);
	list_for_each_entry_safe(&bucket->waiters, waiter, next, link) {
		if (!key_equal(&waiter->key, &key))
			continue;
		waiter_wake(waiter);
		kr = KERN_SUCCESS;
		if ((flags & GSYNC_BROADCAST) == 0)
			break;
	}
	spin_unlock(&bucket->lock);
	key_release(&key);
	return kr;
}

static struct gsync_waiter *
bucket_find(struct gsync_bucket *bucket, const struct gsync_key *key)
{
	struct gsync_waiter *waiter;

	list_for_each_entry(&bucket->waiters, waiter, link) {
		if (key_equal(&waiter->key, key))
			return waiter;
	}
	return NULL;
}

static void
buckets_lock(struct gsync_bucket *a, struct gsync_bucket *b)
{
	if (a == b) {
		spin_lock(&a->lock);
	} else {
		spin_lock(&MIN(a, b)->lock);
		spin_lock(&MAX(a, b)->lock);
	}
}

static void
buckets_unlock(struct gsync_bucket *a, struct gsync_bucket *b)
{
	spin_unlock(&a->lock);
	if (a != b)
		spin_unlock(&b->lock);
}

/* Move the first waiter at `from` to `to`; false if there is none. */
static bool
requeue_one(const struct gsync_key *from, const struct gsync_key *to)
{
	struct gsync_bucket *source = key_bucket(from);
	struct gsync_bucket *target = key_bucket(to);
	struct gsync_waiter *waiter;

	key_reference(to);
	buckets_lock(source, target);
	waiter = bucket_find(source, from);
	if (waiter != NULL) {
		list_remove(&waiter->link);
		list_insert_tail(&target->waiters, &waiter->link);
		waiter->key = *to;
		__atomic_store_n(&waiter->bucket, target, __ATOMIC_RELEASE);
	}
	buckets_unlock(source, target);
	/* Of the waiter's old place, or what was taken for nothing. */
	key_release(waiter != NULL ? from : to);
	return waiter != NULL;
}

kern_return_t
gsync_requeue(task_t task, vm_address_t source, vm_address_t target,
    boolean_t wake_one, int flags)
{
	struct gsync_key from;
	struct gsync_key to;
	kern_return_t kr;

	kr = key_make(&from, task, source, flags);
	if (kr != KERN_SUCCESS)
		return kr;
	kr = key_make(&to, task, target, flags);
	if (kr != KERN_SUCCESS) {
		key_release(&from);
		return kr;
	}
	if (wake_one)
		kr = gsync_wake(task, source, 0, flags & GSYNC_SHARED);
	if (kr == KERN_SUCCESS && !key_equal(&from, &to)) {
		while (requeue_one(&from, &to) &&
		    (flags & GSYNC_BROADCAST) != 0)
			continue;
	}
	key_release(&from);
	key_release(&to);
	return kr;
}

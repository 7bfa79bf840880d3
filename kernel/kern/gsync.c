/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The hurd-arm64 developers */
/*
 * gsync: threads that wait until memory changes (mach/gnumach.defs).
 *
 * A word is known by its map and address or, for GSYNC_SHARED in shared
 * memory, by its object and offset.  Waiters lie in a hash table.  A waiter
 * enters before it reads the word: so a wake after a change of the word either
 * finds the waiter, or the waiter finds the change.  No lock is held while
 * memory is touched.
 */

#include <kern/gsync.h>

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <gnumach.server.h>
#include <kern/clock.h>
#include <kern/lock.h>
#include <kern/task.h>
#include <kern/thread.h>
#include <kern/waitq.h>
#include <lib/list.h>
#include <lib/macros.h>
#include <machine/usercopy.h>
#include <vm/vm_map.h>
#include <vm/vm_object.h>

#define GSYNC_BUCKET_BITS	8

struct gsync_key {
	uintptr_t space;		/* map or object */
	uint64_t place;			/* address or offset */
	struct vm_object *object;	/* a reference, or NULL */
};

/*
 * On the waiting thread's stack.  Whoever wakes it does so under the lock of
 * its bucket, and gsync_withdraw() takes that lock: so neither waiter nor
 * thread vanish meanwhile.
 */
struct gsync_waiter {
	struct list link;
	struct gsync_bucket *bucket;	/* changes under both buckets' locks */
	struct gsync_key key;
	struct thread *thread;
	bool queued;
	bool sleeping;			/* to be woken: in no other wait */
};

struct gsync_bucket {
	spinlock_t lock;
	struct list waiters;
};

static struct gsync_bucket buckets[1 << GSYNC_BUCKET_BITS];

void
gsync_setup(void)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(buckets); i++) {
		spin_init(&buckets[i].lock);
		list_init(&buckets[i].waiters);
	}
}

static struct gsync_bucket *
gsync_bucket(const struct gsync_key *key)
{
	/* Multiplicative hashing: Knuth, TAOCP 3, 6.4. */
	uint64_t hash = (key->space / 64 + key->place / 4) *
	    UINT64_C(0x9e3779b97f4a7c15);

	return &buckets[hash >> (64 - GSYNC_BUCKET_BITS)];
}

static bool
gsync_same(const struct gsync_key *a, const struct gsync_key *b)
{
	return a->space == b->space && a->place == b->place;
}

static kern_return_t
gsync_key_get(struct task *task, vm_address_t address, int flags,
    struct gsync_key *key)
{
	kern_return_t kr;

	if (task == TASK_NULL || task->map == NULL)
		return KERN_INVALID_TASK;
	if (address % sizeof(uint32_t) != 0)
		return KERN_INVALID_ARGUMENT;
	key->object = NULL;
	if ((flags & GSYNC_SHARED) != 0) {
		kr = vm_map_identify(task->map, address, &key->object,
		    &key->place);
		if (kr != KERN_SUCCESS)
			return kr;
	}
	if (key->object != NULL) {
		key->space = (uintptr_t)key->object;
	} else {
		key->space = (uintptr_t)task->map;
		key->place = address;
	}
	return KERN_SUCCESS;
}

static void
gsync_key_put(const struct gsync_key *key)
{
	if (key->object != NULL)
		vm_object_deallocate(key->object);
}

static kern_return_t
gsync_read(struct task *task, vm_address_t address, void *words, size_t size)
{
	kern_return_t kr;

	if (task == current_task())
		kr = copyin(words, address, size);
	else
		kr = vm_map_read_user(task->map, address, words, size);
	return kr == KERN_SUCCESS ? KERN_SUCCESS : KERN_INVALID_ADDRESS;
}

static kern_return_t
gsync_write(struct task *task, vm_address_t address, uint32_t value)
{
	kern_return_t kr;

	if (task == current_task())
		kr = copyout(address, &value, sizeof(value));
	else
		kr = vm_map_write_user(task->map, address, &value,
		    sizeof(value));
	return kr == KERN_SUCCESS ? KERN_SUCCESS : KERN_INVALID_ADDRESS;
}

/* Lock the bucket that the waiter is or was in last. */
static struct gsync_bucket *
gsync_lock(struct gsync_waiter *waiter)
{
	struct gsync_bucket *bucket;

	for (;;) {
		bucket = __atomic_load_n(&waiter->bucket, __ATOMIC_RELAXED);
		spin_lock(&bucket->lock);
		if (bucket == waiter->bucket)
			return bucket;
		spin_unlock(&bucket->lock);
	}
}

static void
gsync_enter(struct gsync_waiter *waiter)
{
	struct gsync_bucket *bucket = gsync_bucket(&waiter->key);

	waiter->thread = thread_self();
	waiter->bucket = bucket;
	waiter->queued = true;
	waiter->sleeping = false;
	spin_lock(&bucket->lock);
	list_insert_tail(&bucket->waiters, &waiter->link);
	spin_unlock(&bucket->lock);
}

/* True if nobody had woken it. */
static bool
gsync_withdraw(struct gsync_waiter *waiter)
{
	struct gsync_bucket *bucket = gsync_lock(waiter);
	bool queued = waiter->queued;

	if (queued)
		list_remove(&waiter->link);
	spin_unlock(&bucket->lock);
	return queued;
}

/* The waiter's bucket is locked. */
static void
gsync_wake_waiter(struct gsync_waiter *waiter)
{
	list_remove(&waiter->link);
	waiter->queued = false;
	if (waiter->sleeping)
		thread_wake(waiter->thread, WAIT_DONE, false);
}

/* Sleep until woken; the word was equal. */
static kern_return_t
gsync_sleep(struct gsync_waiter *waiter, uint64_t deadline)
{
	struct gsync_bucket *bucket = gsync_lock(waiter);
	int result = WAIT_DONE;

	while (waiter->queued && result == WAIT_DONE) {
		waiter->sleeping = true;
		result = thread_sleep_unlock(&bucket->lock, true, deadline);
		bucket = gsync_lock(waiter);
		waiter->sleeping = false;
	}
	spin_unlock(&bucket->lock);
	if (!gsync_withdraw(waiter))
		return KERN_SUCCESS;
	return result == WAIT_TIMED_OUT ? KERN_TIMEDOUT : KERN_INTERRUPTED;
}

kern_return_t
gsync_wait(struct task *task, vm_address_t address, unsigned value,
    unsigned second, natural_t ms, int flags)
{
	struct gsync_waiter waiter;
	uint32_t words[2] = { 0, 0 };
	size_t count = (flags & GSYNC_QUAD) != 0 ? 2 : 1;
	uint64_t deadline = WAIT_FOREVER;
	kern_return_t kr;

	kr = gsync_key_get(task, address, flags, &waiter.key);
	if (kr != KERN_SUCCESS)
		return kr;
	if ((flags & GSYNC_TIMED) != 0)
		deadline = clock_deadline_ms(ms);
	gsync_enter(&waiter);
	kr = gsync_read(task, address, words, count * sizeof(words[0]));
	if (kr == KERN_SUCCESS && (words[0] != value ||
	    (count == 2 && words[1] != second)))
		kr = KERN_INVALID_ARGUMENT;
	if (kr == KERN_SUCCESS)
		kr = gsync_sleep(&waiter, deadline);
	else if (!gsync_withdraw(&waiter))
		kr = KERN_SUCCESS;
	gsync_key_put(&waiter.key);
	return kr;
}

/* Wake one waiter for a word or all. */
static void
gsync_wake_key(const struct gsync_key *key, bool all)
{
	struct gsync_bucket *bucket = gsync_bucket(key);
	struct gsync_waiter *waiter, *next;

	spin_lock(&bucket->lock);
	list_for_each_entry_safe(&bucket->waiters, waiter, next, link) {
		if (!gsync_same(&waiter->key, key))
			continue;
		gsync_wake_waiter(waiter);
		if (!all)
			break;
	}
	spin_unlock(&bucket->lock);
}

kern_return_t
gsync_wake(struct task *task, vm_address_t address, unsigned value, int flags)
{
	struct gsync_key key;
	kern_return_t kr;

	kr = gsync_key_get(task, address, flags, &key);
	if (kr != KERN_SUCCESS)
		return kr;
	if ((flags & GSYNC_MUTATE) != 0)
		kr = gsync_write(task, address, value);
	if (kr == KERN_SUCCESS)
		gsync_wake_key(&key, (flags & GSYNC_BROADCAST) != 0);
	gsync_key_put(&key);
	return kr;
}

static void
gsync_lock_both(struct gsync_bucket *a, struct gsync_bucket *b)
{
	spin_lock(a <= b ? &a->lock : &b->lock);
	if (a != b)
		spin_lock(a <= b ? &b->lock : &a->lock);
}

static void
gsync_unlock_both(struct gsync_bucket *a, struct gsync_bucket *b)
{
	spin_unlock(&a->lock);
	if (a != b)
		spin_unlock(&b->lock);
}

/*
 * Let a waiter wait for another word; both buckets are locked.  The reference
 * of the old key is not the last, as the caller has one too.
 */
static void
gsync_move(struct gsync_waiter *waiter, const struct gsync_key *key,
    struct gsync_bucket *to)
{
	list_remove(&waiter->link);
	if (key->object != NULL)
		vm_object_reference(key->object);
	gsync_key_put(&waiter->key);
	waiter->key = *key;
	__atomic_store_n(&waiter->bucket, to, __ATOMIC_RELAXED);
	list_insert_tail(&to->waiters, &waiter->link);
}

static void
gsync_requeue_keys(const struct gsync_key *from, const struct gsync_key *to,
    bool wake_one, bool all)
{
	struct gsync_bucket *source = gsync_bucket(from);
	struct gsync_bucket *target = gsync_bucket(to);
	struct gsync_waiter *waiter, *next;
	bool move = true;

	gsync_lock_both(source, target);
	list_for_each_entry_safe(&source->waiters, waiter, next, link) {
		if (!gsync_same(&waiter->key, from))
			continue;
		if (wake_one) {
			gsync_wake_waiter(waiter);
			wake_one = false;
		} else if (move) {
			gsync_move(waiter, to, target);
			move = all;
		} else {
			break;
		}
	}
	gsync_unlock_both(source, target);
}

kern_return_t
gsync_requeue(struct task *task, vm_address_t from, vm_address_t to,
    boolean_t wake_one, int flags)
{
	struct gsync_key source, target;
	kern_return_t kr;

	kr = gsync_key_get(task, from, flags, &source);
	if (kr != KERN_SUCCESS)
		return kr;
	kr = gsync_key_get(task, to, flags, &target);
	if (kr == KERN_SUCCESS) {
		if (!gsync_same(&source, &target))
			gsync_requeue_keys(&source, &target,
			    wake_one != FALSE,
			    (flags & GSYNC_BROADCAST) != 0);
		else if (wake_one)
			gsync_wake_key(&source, false);
		gsync_key_put(&target);
	}
	gsync_key_put(&source);
	return kr;
}

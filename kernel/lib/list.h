/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The hurd-arm64 developers */
/*
 * Doubly linked lists whose nodes lie inside the listed structures.
 *
 * A list and a node have the same shape: a ring in which the list itself is
 * the end mark on both sides. Every operation takes constant time, except the
 * walks. The caller does the locking.
 */

#ifndef LIB_LIST_H
#define LIB_LIST_H

#include <stdbool.h>
#include <stddef.h>

#include <lib/macros.h>

struct list {
	struct list *prev;
	struct list *next;
};

#define LIST_INITIALIZER(list)	{ &(list), &(list) }

/* Make an empty list. */
static inline void
list_init(struct list *list)
{
	list->prev = list;
	list->next = list;
}

/* Make a node that list_node_unlinked() recognizes. */
static inline void
list_node_init(struct list *node)
{
	node->prev = NULL;
	node->next = NULL;
}

static inline bool
list_node_unlinked(const struct list *node)
{
	return node->prev == NULL;
}

static inline bool
list_empty(const struct list *list)
{
	return list->next == list;
}

/* The first node; the list itself if it is empty. */
static inline struct list *
list_first(const struct list *list)
{
	return list->next;
}

/* The last node; the list itself if it is empty. */
static inline struct list *
list_last(const struct list *list)
{
	return list->prev;
}

static inline struct list *
list_next(const struct list *node)
{
	return node->next;
}

static inline struct list *
list_prev(const struct list *node)
{
	return node->prev;
}

/* True if the node is the end mark, which is no entry. */
static inline bool
list_end(const struct list *list, const struct list *node)
{
	return list == node;
}

static inline void
list_link_(struct list *prev, struct list *next, struct list *node)
{
	node->prev = prev;
	node->next = next;
	prev->next = node;
	next->prev = node;
}

static inline void
list_insert_head(struct list *list, struct list *node)
{
	list_link_(list, list->next, node);
}

static inline void
list_insert_tail(struct list *list, struct list *node)
{
	list_link_(list->prev, list, node);
}

static inline void
list_insert_before(struct list *node, struct list *next)
{
	list_link_(next->prev, next, node);
}

static inline void
list_insert_after(struct list *node, struct list *prev)
{
	list_link_(prev, prev->next, node);
}

/* Unlink a node. Its links are left stale. */
static inline void
list_remove(struct list *node)
{
	node->prev->next = node->next;
	node->next->prev = node->prev;
}

/* Unlink a node so that list_node_unlinked() holds. */
static inline void
list_remove_init(struct list *node)
{
	list_remove(node);
	list_node_init(node);
}

/* Unlink and return the first node of a list that is not empty. */
static inline struct list *
list_pop(struct list *list)
{
	struct list *node = list->next;

	list_remove(node);
	return node;
}

/* Move all nodes of the second list to the end of the first. */
static inline void
list_concat(struct list *list, struct list *tail)
{
	if (list_empty(tail))
		return;

	tail->next->prev = list->prev;
	tail->prev->next = list;
	list->prev->next = tail->next;
	list->prev = tail->prev;
	list_init(tail);
}

/*
 * Move all nodes to another list, which need not be initialized. The first
 * list becomes empty.
 */
static inline void
list_move(struct list *to, struct list *from)
{
	list_init(to);
	list_concat(to, from);
}

#define list_entry(node, type, member)	container_of(node, type, member)

#define list_first_entry(list, type, member)				\
	list_entry(list_first(list), type, member)

#define list_last_entry(list, type, member)				\
	list_entry(list_last(list), type, member)

#define list_next_entry(entry, member)					\
	list_entry(list_next(&(entry)->member), typeof(*(entry)), member)

#define list_prev_entry(entry, member)					\
	list_entry(list_prev(&(entry)->member), typeof(*(entry)), member)

/* Walk nodes. The current node must stay in the list. */
#define list_for_each(list, node)					\
	for ((node) = list_first(list); !list_end(list, node);		\
	     (node) = list_next(node))

/* Walk nodes; the current one may be removed. */
#define list_for_each_safe(list, node, tmp)				\
	for ((node) = list_first(list), (tmp) = list_next(node);	\
	     !list_end(list, node);					\
	     (node) = (tmp), (tmp) = list_next(node))

/* Walk entries. The current entry must stay in the list. */
#define list_for_each_entry(list, entry, member)			\
	for ((entry) = list_first_entry(list, typeof(*(entry)), member); \
	     !list_end(list, &(entry)->member);				\
	     (entry) = list_next_entry(entry, member))

/* Walk entries; the current one may be removed. */
#define list_for_each_entry_safe(list, entry, tmp, member)		\
	for ((entry) = list_first_entry(list, typeof(*(entry)), member), \
		(tmp) = list_next_entry(entry, member);			\
	     !list_end(list, &(entry)->member);				\
	     (entry) = (tmp), (tmp) = list_next_entry(entry, member))

/* Walk entries from the last to the first. */
#define list_for_each_entry_reverse(list, entry, member)		\
	for ((entry) = list_last_entry(list, typeof(*(entry)), member);	\
	     !list_end(list, &(entry)->member);				\
	     (entry) = list_prev_entry(entry, member))

#endif /* LIB_LIST_H */

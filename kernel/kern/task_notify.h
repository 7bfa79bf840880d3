/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The hurd-arm64 developers */
/*
 * Messages about new tasks (mach/task_notify.defs).
 */
#ifndef KERN_TASK_NOTIFY_H
#define KERN_TASK_NOTIFY_H

struct task;

/*
 * Tell whoever asked with register_new_task_notification() that `parent`
 * created `task`.  Never blocks; without memory nobody is told.
 */
void task_notify_created(struct task *task, struct task *parent);

#endif /* KERN_TASK_NOTIFY_H */

/*
 * SPDX-License-Identifier: GPL-2.0-or-later
 * Copyright (C) 2026 The hurd-arm64 developers
 *
 * The page that an io object and its user share (io_map_cntl), so that both
 * move the file pointer and see the size without messages. Whoever has the
 * conch may change it; it is passed on by conch_status.
 */

#ifndef _HURD_SHARED_H
#define _HURD_SHARED_H

#include <pthread.h>
#include <sys/types.h>

/* A piece of a file that is mapped with gaps. */
struct iomap_structure {
	int file_pointer_start;
	int object_start;
	int auxil_length;
	int data_length;
};

struct shared_io {
	int shared_page_magic;		/* SHARED_PAGE_MAGIC */
	pthread_spinlock_t lock;	/* of what follows */

	enum {
		USER_HAS_CONCH,
		USER_COULD_HAVE_CONCH,	/* may take it without asking */
		USER_RELEASE_CONCH,	/* has it, and is asked to give it */
		USER_HAS_NOT_CONCH
	} conch_status;

	/* Set by the server; true or false. */
	int append_mode;		/* write at the end of the file */
	int eof_notify;			/* call io_eofnotify at the end */
	int do_sigio;			/* call io_sigio after each change */
	int use_file_size;		/* file_size is valid */
	int use_read_size;		/* read_size is valid */
	loff_t read_size;		/* what can be read without waiting */
	blksize_t optimal_transfer_size;

	enum {
		RBR_NO_DATA,		/* nothing there yet */
		RBR_BUFFER_FULL
	} read_block_reason;		/* why a reader would wait */

	int seekable;
	int use_prenotify_size;		/* the sizes below are valid */
	int use_postnotify_size;
	int use_readnotify_size;
	loff_t prenotify_size;		/* io_prenotify to write beyond */
	loff_t postnotify_size;		/* io_postnotify once beyond */
	loff_t readnotify_size;		/* io_readnotify to read beyond */

	/* Set by whoever has the conch. */
	loff_t rd_file_pointer;		/* where it is not seekable: reading, */
	loff_t wr_file_pointer;		/* and writing */
	loff_t xx_file_pointer;		/* where it is: both */
	loff_t file_size;
	int written;			/* since the server cleared it */
	int accessed;
	int indexes_changed;

	int use_structure;		/* structure is valid */
	struct iomap_structure structure[];
};

#define SHARED_PAGE_MAGIC 0xaabbccdd

#endif /* _HURD_SHARED_H */

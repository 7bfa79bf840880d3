/*
 * SPDX-License-Identifier: GPL-2.0-or-later
 * Copyright (C) 2026 The hurd-arm64 developers
 *
 * Types and constants of the Hurd's interfaces: what C programs see of
 * hurd/hurd_types.defs.
 */

#ifndef _HURD_TYPES_H
#define _HURD_TYPES_H

#include <stdint.h>
#include <sys/types.h>

#include <mach/std_types.h>
#include <mach/message.h>
#include <mach/task_info.h>
#include <mach/thread_info.h>

#define HURD_RELEASE "0.0"

/* Ports of the interfaces; in programs they are all alike. */
typedef mach_port_t file_t;
typedef mach_port_t fsys_t;
typedef mach_port_t io_t;
typedef mach_port_t process_t;
typedef mach_port_t auth_t;
typedef mach_port_t socket_t;
typedef mach_port_t pf_t;
typedef mach_port_t addr_port_t;
typedef mach_port_t term_t;
typedef mach_port_t ctty_t;
typedef mach_port_t startup_t;
typedef mach_port_t fs_notify_t;
typedef mach_port_t exec_startup_t;
typedef mach_port_t interrupt_t;
typedef mach_port_t proccoll_t;
typedef mach_port_t pci_t;
typedef mach_port_t shutdown_t;
typedef mach_port_t acpi_t;
typedef mach_port_t sreply_port_t;

typedef char *data_t;
typedef const char *const_data_t;
typedef char string_t[1024];
typedef const char *const_string_t;
typedef mach_port_t *portarray_t;
typedef const mach_port_t *const_portarray_t;
typedef int *intarray_t;
typedef const int *const_intarray_t;
typedef pid_t *pidarray_t;
typedef const pid_t *const_pidarray_t;
typedef uid_t *idarray_t;
typedef const uid_t *const_idarray_t;
typedef loff_t *off_array_t;
typedef const loff_t *const_off_array_t;
typedef int *procinfo_t;
typedef const int *const_procinfo_t;

/* Messages are defined in terms of names without the word struct. */
typedef struct stat io_statbuf_t;
typedef struct statfs fsys_statfsbuf_t;
typedef struct rusage rusage_t;
typedef struct flock64 flock_t;
typedef struct utsname utsname_t;
typedef struct timespec timespec_t;

/* What dir_lookup and fsys_getroot say about the port they return. */
enum retry_type {
	FS_RETRY_NORMAL = 1,	/* look up the retry name, if any, from it */
	FS_RETRY_REAUTH = 2,	/* the same, but reauthenticate it first */
	FS_RETRY_MAGICAL = 3	/* the retry name selects what to do */
};
typedef enum retry_type retry_type;

/* What happened to a name in a directory (dir_changed). */
enum dir_changed_type {
	DIR_CHANGED_NULL,	/* nothing: the first message */
	DIR_CHANGED_NEW,
	DIR_CHANGED_UNLINK,
	DIR_CHANGED_RENUMBER	/* the inode number changed */
};
typedef enum dir_changed_type dir_changed_type_t;

/* What happened to a file (file_changed). */
enum file_changed_type {
	FILE_CHANGED_NULL,	/* nothing: the first message */
	FILE_CHANGED_WRITE,
	FILE_CHANGED_EXTEND,
	FILE_CHANGED_TRUNCATE,
	FILE_CHANGED_META	/* the status changed */
};
typedef enum file_changed_type file_changed_type_t;

/* What a terminal is on (term_get_bottom_type). */
enum term_bottom_type {
	TERM_ON_MACHDEV,	/* a device of the kernel */
	TERM_ON_HURDIO,		/* another io object */
	TERM_ON_MASTERPTY	/* the master of a pseudo-terminal */
};

/* Where the data of a file are (file_get_storage_info). */
enum file_storage_class {
	STORAGE_OTHER,
	STORAGE_DEVICE,		/* a device of the kernel */
	STORAGE_HURD_FILE,	/* another file */
	STORAGE_NETWORK,
	STORAGE_MEMORY,		/* a memory object */
	STORAGE_TASK,		/* the memory of a task */
	STORAGE_ZERO,		/* zeros */
	STORAGE_CONCAT,		/* several stores, one behind the other */
	STORAGE_INTERLEAVE,	/* several stores, block by block */
	STORAGE_LAYER,		/* several stores, one above the other */
	STORAGE_REMAP,		/* blocks of another store in another order */
	STORAGE_COPY		/* a copy that is in memory */
};

/* The contents may change without a notice. */
#define STORAGE_MUTATED		0x1

/* Flags of exec_exec and file_exec. */
#define EXEC_NEWTASK		0x01	/* not in the old task: it is killed */
#define EXEC_SECURE		0x02	/* trusted ports and integers only */
#define EXEC_DEFAULTS		0x04	/* the standard ones for missing ones */
#define EXEC_SIGTRAP		0x08	/* stop before the first instruction */
#define EXEC_STACK_ARGS		0x10	/* arguments on the stack, no message */

/* Flags of file_set_translator. */
#define FS_TRANS_FORCE		0x1	/* do not short-circuit known ones */
#define FS_TRANS_EXCL		0x2	/* fail if there is one */
#define FS_TRANS_SET		0x4	/* set, or with nothing given clear */
#define FS_TRANS_ORPHAN		0x8	/* let the active one go on unseen */

/* Kinds of readiness (io_select). */
#define SELECT_READ		0x1
#define SELECT_WRITE		0x2
#define SELECT_URG		0x4

/* Flags of fsys_goaway. */
#define FSYS_GOAWAY_NOWAIT	0x01	/* do not wait for the end */
#define FSYS_GOAWAY_NOSYNC	0x02	/* do not write what is not written */
#define FSYS_GOAWAY_FORCE	0x04	/* even though users are left */
#define FSYS_GOAWAY_UNLINK	0x08	/* only where the node is gone */
#define FSYS_GOAWAY_RECURSE	0x10	/* the translators below first */

/* Types of file systems (st_fstype, f_type). */
#define FSTYPE_UFS		0x00
#define FSTYPE_NFS		0x01
#define FSTYPE_GFS		0x02
#define FSTYPE_LFS		0x03
#define FSTYPE_SYSV		0x04
#define FSTYPE_FTP		0x05
#define FSTYPE_TAR		0x06
#define FSTYPE_AR		0x07
#define FSTYPE_CPIO		0x08
#define FSTYPE_MSLOSS		0x09
#define FSTYPE_CPM		0x0a
#define FSTYPE_HFS		0x0b
#define FSTYPE_DTFS		0x0c
#define FSTYPE_GRFS		0x0d
#define FSTYPE_TERM		0x0e
#define FSTYPE_DEV		0x0f
#define FSTYPE_PROC		0x10
#define FSTYPE_IFSOCK		0x11
#define FSTYPE_AFS		0x12
#define FSTYPE_DFS		0x13
#define FSTYPE_PROC9		0x14
#define FSTYPE_SOCKET		0x15
#define FSTYPE_MISC		0x16
#define FSTYPE_EXT2FS		0x17
#define FSTYPE_HTTP		0x18
#define FSTYPE_MEMFS		0x19
#define FSTYPE_ISO9660		0x1a
#define FSTYPE_PCI		0x1b
#define FSTYPE_ACPI		0x1c

/* Slots of the ports that a program starts with. */
enum {
	INIT_PORT_CWDIR,	/* working directory */
	INIT_PORT_CRDIR,	/* root directory */
	INIT_PORT_AUTH,		/* authentication handle */
	INIT_PORT_PROC,		/* process port */
	INIT_PORT_CTTYID,	/* controlling terminal */
	INIT_PORT_BOOTSTRAP,	/* bootstrap port */
	INIT_PORT_MAX
};

/* Slots of the integers that a program starts with; masks of signals have
   the bit SIGNAL - 1. */
enum {
	INIT_UMASK,
	INIT_SIGMASK,		/* blocked signals */
	INIT_SIGIGN,		/* ignored signals */
	INIT_SIGPENDING,	/* pending signals */
	INIT_TRACEMASK,		/* signals that are traced */
	INIT_INT_MAX
};

/* What proc_getprocinfo is asked for, and says it gave. */
#define PI_FETCH_TASKINFO	0x01
#define PI_FETCH_THREADS	0x02
#define PI_FETCH_THREAD_BASIC	0x04
#define PI_FETCH_THREAD_SCHED	0x08
#define PI_FETCH_THREAD_WAITS	0x10
#define PI_FETCH_TASKEVENTS	0x20

/* Answer of proc_getprocinfo; an array of int in the message. */
struct procinfo {
	int state;		/* PI_* below */
	uid_t owner;
	pid_t ppid;
	pid_t pgrp;
	pid_t session;
	pid_t logincollection;
	int exitstatus;		/* of a zombie or a stopped process */
	int sigcode;
	int nthreads;
	struct task_basic_info taskinfo;
	struct task_events_info taskevents;
	struct {
		int died;	/* gone before it could be described */
		mach_msg_id_t rpc_block;	/* the call it waits in */
		struct thread_basic_info pis_bi;
		struct thread_sched_info pis_si;
	} threadinfos[];
};

#define PI_STOPPED		0x001
#define PI_EXECED		0x002	/* has run a program */
#define PI_WAITING		0x004	/* waits for a child */
#define PI_ORPHAN		0x008	/* of an orphaned process group */
#define PI_NOMSG		0x010	/* has no message port */
#define PI_SESSLD		0x020	/* session leader */
#define PI_NOTOWNED		0x040
#define PI_NOPARENT		0x080	/* no child of anybody */
#define PI_ZOMBIE		0x100
#define PI_TRACED		0x200
#define PI_GETMSG		0x400	/* waits for a message port */
#define PI_LOGINLD		0x800	/* leader of its login collection */

/* An address range of a PCI function (pci_get_dev_regions). */
struct pci_bar {
	uint64_t base_addr;
	uint64_t size;
	unsigned int is_IO : 1;
	unsigned int is_prefetchable : 1;
	unsigned int is_64 : 1;
};

/* Its expansion ROM (pci_get_dev_rom). */
struct pci_xrom_bar {
	uint64_t base_addr;
	uint64_t size;
};

#endif /* _HURD_TYPES_H */

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The hurd-arm64 developers */
/*
 * Traps, calls of every routine of the kernel, messages between tasks, faults
 * and time, as the input says, by several threads of two tasks.  Whatever
 * they do: the kernel lives, a trap that fails has taken and given nothing, a
 * bystander keeps what it has, and in the end nothing is left.
 *
 * The first byte says who the players are: bit 0, whether they have the
 * host's and the devices' privileged ports.
 */

#include <tests/fuzz/trap_input.h>

#include <mach/exception.h>
#include <machine/trap.h>

#define MEMORY_OBJECT_READY	2094	/* mach/mach.defs */
#define IDLE_MAX	8		/* waits for time-outs */
#define SETTLE_MAX	64

static bool began;			/* the first thread has */
static uint64_t turns;			/* of all threads */

/* Traps, and what must hold of each. */

static unsigned int
names(void)
{
	return current_task()->space->table.count;
}

static uint64_t
trap(unsigned int number, const uint64_t *argument)
{
	uint64_t (*function)(uint64_t, uint64_t, uint64_t, uint64_t, uint64_t,
	    uint64_t, uint64_t, uint64_t);
	struct trap_frame *frame = thread_self()->machine.frame;

	memcpy(frame->x, argument, 8 * sizeof(*argument));
	frame->x[8] = (uint32_t)-number;
	if (number >= TRAP_COUNT || trap_table[number] == NULL) {
		exception_raise_self(EXC_SOFTWARE, 0, 0);
		return 0;
	}
	function = (uint64_t (*)(uint64_t, uint64_t, uint64_t, uint64_t,
	    uint64_t, uint64_t, uint64_t, uint64_t))trap_table[number];
	frame->x[0] = (uint32_t)function(argument[0], argument[1],
	    argument[2], argument[3], argument[4], argument[5], argument[6],
	    argument[7]);
	return frame->x[0];
}

/*
 * A trap that fails, and during which nobody else ran, takes and gives no name
 * or memory.
 */
static void
do_trap(void)
{
	static const uint8_t served[] = {
		26, 27, 28, 29, 30, 59, 60, 61, 64, 65, 66, 68, 69, 70, 71,
		72, 73, 74, 75, 76, 77, 17,
	};
	unsigned int number = served[pick(ARRAY_SIZE(served))];
	unsigned int count = names(), i;
	uint64_t size = current_task()->map->size, turn = turns, argument[8];

	if (pick(32) == 0)
		number = pick(100);
	for (i = 0; i < ARRAY_SIZE(argument); i++)
		argument[i] = any_word();
	if (pick(8) != 0)
		argument[0] = NAME(KIND_TASK);
	/* Its own task ends later; a new start takes some of the stack. */
	if ((number == 69 && pick(16) != 0) || number == 77 ||
	    number == 25 || number == 61)
		return;
	if (trap(number, argument) == KERN_SUCCESS || number < 64 ||
	    number > 75 || turns != turn)
		return;
	assert_int_equal(names(), count);
	assert_int_equal(current_task()->map->size, size);
}

static void
do_switch(void)
{
	uint64_t argument[8] = { any_name(), pick(4), pick(4) };

	trap(61, argument);
}

/* Messages. */

/* Where the current thread has its messages. */
static uintptr_t
buffer_address(void)
{
	return thread_self()->machine.frame->sp;
}

/* Send what is in `buffer`, receive, or both. */
static uint64_t
message_trap(const struct buffer *buffer, mach_msg_option_t option,
    mach_port_name_t name)
{
	uint64_t argument[8] = {
		buffer_address(), option, buffer->header.msgh_size, BUFFER,
		name, pick(4), pick(8) == 1 ? any_name() : 0,
	};

	/* Nearly always with a time-out. */
	if (pick(32) != 1)
		argument[1] |= MACH_SEND_TIMEOUT | MACH_RCV_TIMEOUT;
	if (pick(32) == 1)
		argument[2 + pick(2)] = pick(256);
	if ((option & MACH_SEND_MSG) != 0 &&
	    host_user_store(current_task()->map, buffer_address(), buffer,
	    buffer->header.msgh_size) != KERN_SUCCESS)
		return MACH_SEND_INVALID_DATA;
	return trap(25, argument);
}

/* Call a routine of the kernel. */
static void
do_call(void)
{
	const struct routine *routine = &routines[pick(ARRAY_SIZE(routines))];
	struct buffer buffer;
	unsigned int i;

	message_init(&buffer, pick(8) != 1 ? NAME(routine->kind) : any_name(),
	    pick(32) != 1 ? MACH_MSG_TYPE_COPY_SEND : any_right(),
	    NAME(KIND_REPLY), routine->id);
	for (i = 0; i < routine->count; i++)
		message_argument(&buffer, &routine->items[i]);
	message_trap(&buffer, MACH_SEND_MSG | MACH_RCV_MSG,
	    NAME(KIND_REPLY));
}

/* A message to anybody. */
static void
do_send(void)
{
	static const struct item value = {
		MACH_MSG_TYPE_INTEGER_32, 32, 0, 4, KIND_COUNT, IN_LINE,
	};
	mach_msg_option_t option = MACH_SEND_MSG;
	struct buffer buffer;
	unsigned int items = pick(4);

	message_init(&buffer, pick(2) != 0 ? NAME(KIND_PORT) : any_name(),
	    pick(8) != 1 ? MACH_MSG_TYPE_MAKE_SEND : any_right(),
	    pick(2) != 0 ? NAME(KIND_REPLY) : 0, (mach_msg_id_t)pick(256));
	for (; items > 0; items--) {
		switch (pick(4)) {
		case 0:
			message_argument(&buffer, &value);
			break;
		case 1:
			message_memory(&buffer, MACH_MSG_TYPE_BYTE, 8);
			break;
		default:
			message_ports(&buffer, any_right(), 1 + pick(3),
			    KIND_COUNT);
			break;
		}
	}
	option |= pick(2) * MACH_RCV_MSG | (pick(8) == 1) * MACH_SEND_NOTIFY
	    | (pick(8) == 1) * MACH_SEND_CANCEL;
	message_trap(&buffer, option, NAME(KIND_PORT));
}

static void
do_receive(void)
{
	static const struct buffer none;

	message_trap(&none, MACH_RCV_MSG | (pick(4) == 1) * MACH_RCV_LARGE |
	    (pick(8) == 1) * MACH_RCV_NOTIFY, pick(4) == 0 ? any_name()
	    : NAME(KIND_REPLY) + pick(3));
}

/* An access of the program itself. */
static void
do_access(void)
{
	uint64_t word = any_word(), address = any_address();
	kern_return_t kr = pick(2) != 0
	    ? host_user_store(current_task()->map, address, &word,
	    sizeof(word))
	    : host_user_load(current_task()->map, address, &word,
	    sizeof(word));

	if (kr != KERN_SUCCESS && kr != KERN_ABORTED && pick(4) == 1)
		exception_raise_self(EXC_BAD_ACCESS, kr, (long)address);
}

/* A tick of the clock, in user mode. */
static void
do_time(void)
{
	percpu_self()->interrupted_user = true;
	world_pass((1 + pick(4)) * WORLD_TICK);
	percpu_self()->interrupted_user = false;
}

/* What a pager does at first: the kernel's two ports get their names. */
static void
begin(void)
{
	struct unit_source nothing = { 0 }, *choices = source;
	struct buffer buffer;
	uint64_t receive[8] = {
		buffer_address(), MACH_RCV_MSG | MACH_RCV_TIMEOUT, 0, BUFFER,
		NAME(KIND_PAGER),
	};

	source = &nothing;
	trap(25, receive);
	message_init(&buffer, NAME(KIND_CONTROL), MACH_MSG_TYPE_COPY_SEND, 0,
	    MEMORY_OBJECT_READY);
	message_item(&buffer, MACH_MSG_TYPE_BOOLEAN, 32, 1, "\0\0\0", 4, 0);
	message_item(&buffer, MACH_MSG_TYPE_INTEGER_32, 32, 1, "\2\0\0", 4,
	    0);
	message_trap(&buffer, MACH_SEND_MSG, 0);
	source = choices;
}

/* User mode of every thread. */
static void
run_player(struct trap_frame *frame)
{
	static void (*const deeds[])(void) = {
		do_trap, do_trap, do_call, do_call, do_call, do_call,
		do_send, do_send, do_receive, do_receive, do_access,
		do_access, do_switch, do_time,
	};

	if (!began) {
		began = true;
		begin();
	}
	while (!unit_source_ends(source)) {
		turns++;
		deeds[pick(ARRAY_SIZE(deeds))]();
		while (percpu_self()->ast != 0)
			thread_ast();
	}
	thread_terminate(thread_self());
	for (;;)
		thread_ast();
}

/* Let everybody run, and time pass while somebody may wait for it. */
static void
run_all(void)
{
	unsigned int idle;

	for (idle = 0; idle < IDLE_MAX && !unit_source_ends(source); idle++) {
		world_run();
		world_pass(WORLD_TICK);
	}
	world_run();
}

/* Nothing is left once the kernel has done what it puts off. */
static void
finish(const struct account *before)
{
	struct account after = { 0 };
	unsigned int i;

	for (i = 0; i < SETTLE_MAX; i++) {
		account_take(&after);
		if (account_equal(before, &after))
			return;
		world_pass(WORLD_TICK);
		world_run();
	}
	account_check(before, &after);
}

static void
play(bool privileged)
{
	unsigned int i;

	began = false;
	bystander_create();
	for (i = 0; i < PLAYERS; i++)
		players[i] = make_task();
	for (i = 0; i < PLAYERS; i++)
		equip_player(i, privileged);
	run_all();
	if (!privileged)
		bystander_check();
	thread_deallocate(world_thread_at(end_all, NULL,
	    SCHED_PRIORITY_KERNEL));
	world_run();
	for (i = 0; i < PLAYERS; i++)
		task_deallocate(players[i]);
	task_deallocate(bystander);
	reset_host();
}

static void
setup(void)
{
	struct unit_source nothing = { 0 };
	struct vm_object *page;

	world_setup(NULL);
	irq_device_setup();
	vm_pageout_setup();
	device_master = ipc_port_alloc_kernel(IKOT_MASTER_DEVICE, 0);
	world_run();
	host_set_user(run_player);
	host_set_user_maps(true);
	/* What the kernel makes once, and keeps. */
	close_devices();
	assert_int_equal(device_time.map(&device_time, VM_PROT_READ, 0,
	    PAGE_SIZE, &page), D_SUCCESS);
	vm_object_deallocate(page);
	source = &nothing;
	play(true);
	world_run();
}

void
unit_model(struct unit_source *choices)
{
	static bool ready;
	struct account before = { 0 };

	if (!ready)
		setup();
	ready = true;
	source = choices;
	account_take(&before);
	play((pick(256) & 1) != 0);
	finish(&before);
}

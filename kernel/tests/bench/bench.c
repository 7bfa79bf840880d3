/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The hurd-arm64 developers */
/*
 * Guest instructions for each operation.
 *
 * Under QEMU's -icount shift=0 one virtual nanosecond is one instruction, so
 * the counter counts instructions.  Each row runs its loop twice and prints
 * the second; contents, rights and free memory are checked after each.
 * A row is one line: `bench NAME INSTRUCTIONS`.  row=NAME runs one row only,
 * count=N that many times (for tools/profile).
 */
#include "../modules/lib/devices.h"

#define self	task_self_port

static struct message buffer;

/* One row. `loop` does the operation `count` times. */
static void
measure(const char *name, unsigned int count,
    void (*loop)(unsigned int count))
{
	vm_statistics_data_t before;
	vm_statistics_data_t after;
	const char *row = test_option("row");
	const char *times = test_option("count");
	uint64_t start;
	uint64_t end;

	if (row != NULL && strcmp(row, name) != 0)
		return;
	if (times != NULL)
		count = test_number(times);
	loop(count / 8 + 1);
	need_success(vm_statistics(self, &before));
	start = time_ns();
	loop(count);
	end = time_ns();
	need_success(vm_statistics(self, &after));
	test_print("bench %s %lu\n", name, (end - start) / count);
	ok(before.free_count - after.free_count < 64,
	    "%s leaves no memory behind (%d pages)", name,
	    before.free_count - after.free_count);
}

/* Traps and messages to oneself. */

static void
loop_trap(unsigned int count)
{
	while (count-- > 0) {
		if (mach_task_self() != self)
			test_bail("mach_task_self");
	}
}

static mach_port_t port;

static void
loop_send_receive(unsigned int count)
{
	mach_msg_header_t header;

	memset(&header, 0, sizeof header);
	while (count-- > 0) {
		header.msgh_bits = MACH_MSGH_BITS(MACH_MSG_TYPE_MAKE_SEND, 0);
		header.msgh_size = sizeof header;
		header.msgh_remote_port = port;
		header.msgh_local_port = MACH_PORT_NULL;
		header.msgh_id = (mach_msg_id_t)count;
		if (mach_msg_trap((mach_msg_user_header_t *)&header,
		    MACH_SEND_MSG | MACH_RCV_MSG, sizeof header,
		    sizeof header, port, 0, MACH_PORT_NULL) != 0 ||
		    header.msgh_id != (mach_msg_id_t)count)
			test_bail("send and receive");
	}
}

/* RPC. */

static mach_port_t server;
static unsigned int rpc_bytes;

static void
serve(mach_port_t service)
{
	static struct message request;
	mach_msg_option_t option = MACH_RCV_MSG;
	mach_msg_size_t size = 0;

	for (;;) {
		if (mach_msg_trap((mach_msg_user_header_t *)&request.header,
		    option, size, sizeof request, service, 0,
		    MACH_PORT_NULL) != MACH_MSG_SUCCESS)
			return;
		size = request.header.msgh_size;
		request.header.msgh_bits = MACH_MSGH_BITS(
		    MACH_MSGH_BITS_REMOTE(request.header.msgh_bits), 0);
		request.header.msgh_local_port = MACH_PORT_NULL;
		request.header.msgh_id += 100;
		option = MACH_SEND_MSG | MACH_RCV_MSG;
	}
}

static void
loop_rpc(unsigned int count)
{
	mach_port_t reply = mig_get_reply_port();
	mach_msg_size_t size = (mach_msg_size_t)sizeof buffer.header;
	static uint8_t data[4096];

	if (rpc_bytes > 0)
		size += (mach_msg_size_t)sizeof(mach_msg_type_t) + rpc_bytes;
	message_init(&buffer, server, MACH_MSG_TYPE_COPY_SEND, reply,
	    MACH_MSG_TYPE_MAKE_SEND_ONCE, 1000);
	if (rpc_bytes > 0) {
		memset(data, 0x5b, sizeof data);
		message_add(&buffer, MACH_MSG_TYPE_BYTE, 8, rpc_bytes, data);
	}
	while (count-- > 0) {
		buffer.header.msgh_bits = MACH_MSGH_BITS(
		    MACH_MSG_TYPE_COPY_SEND, MACH_MSG_TYPE_MAKE_SEND_ONCE);
		buffer.header.msgh_size = size;
		buffer.header.msgh_remote_port = server;
		buffer.header.msgh_local_port = reply;
		buffer.header.msgh_id = 1000;
		if (mach_msg_trap((mach_msg_user_header_t *)&buffer.header,
		    MACH_SEND_MSG | MACH_RCV_MSG, size, sizeof buffer, reply,
		    0, MACH_PORT_NULL) != 0 ||
		    buffer.header.msgh_id != 1100 ||
		    buffer.header.msgh_size != size)
			test_bail("rpc");
	}
	if (rpc_bytes > 0 && memcmp(message_data(message_item(&buffer, 0)),
	    data, rpc_bytes) != 0)
		test_bail("rpc: contents");
}

static void
child_serves(void *argument)
{
	mach_port_t service = port_with_send();
	struct message hello;

	message_init(&hello, CHILD_UP, MACH_MSG_TYPE_COPY_SEND,
	    MACH_PORT_NULL, 0, 1);
	message_add_port(&hello, service, MACH_MSG_TYPE_COPY_SEND);
	message_send(&hello);
	serve(service);
}

static void
thread_serves(void *argument)
{
	serve((mach_port_t)(uintptr_t)argument);
}

static void
bench_rpc(void)
{
	struct test_child child;
	struct test_thread *thread;

	test_child_start(&child, child_serves, NULL);
	need(message_receive(&buffer, child.up, 5000) == MACH_MSG_SUCCESS);
	server = *(mach_port_t *)message_data(message_item(&buffer, 0));
	rpc_bytes = 0;
	measure("rpc_tasks_empty", 20000, loop_rpc);
	rpc_bytes = 128;
	measure("rpc_tasks_128", 20000, loop_rpc);
	rpc_bytes = 4096;
	measure("rpc_tasks_4096", 5000, loop_rpc);
	ok_eq(port_refs(server, MACH_PORT_RIGHT_SEND), 1,
	    "the server's right is counted well");
	test_child_kill(&child);

	port = port_with_send();
	thread = test_thread_start(thread_serves, (void *)(uintptr_t)port);
	server = port;
	rpc_bytes = 0;
	measure("rpc_threads_empty", 20000, loop_rpc);
	ok_eq(port_status(port).mps_sorights, 0, "no right is left over");
	test_thread_kill(thread);
	port_destroy(port);
}

static void
loop_host_get_time(unsigned int count)
{
	mach_port_t host = mach_host_self();
	time_value_t now;

	while (count-- > 0)
		need_success(host_get_time(host, &now));
	mach_port_deallocate(self, host);
}

static void
loop_task_info(unsigned int count)
{
	struct task_basic_info info;

	while (count-- > 0) {
		mach_msg_type_number_t words = TASK_BASIC_INFO_COUNT;

		need_success(task_info(self, TASK_BASIC_INFO,
		    (task_info_t)&info, &words));
	}
}

static void
loop_port(unsigned int count)
{
	mach_port_t name;

	while (count-- > 0) {
		need_success(mach_port_allocate(self,
		    MACH_PORT_RIGHT_RECEIVE, &name));
		need_success(mach_port_destroy(self, name));
	}
}

/* Memory. */

static void
loop_page(unsigned int count)
{
	while (count-- > 0) {
		vm_address_t address = 0;

		need_success(syscall_vm_allocate(self, &address, page_size,
		    TRUE));
		if (*(volatile uint64_t *)address != 0)
			test_bail("a page not clear");
		*(volatile uint64_t *)address = 1;
		need_success(syscall_vm_deallocate(self, address, page_size));
	}
}

static void
loop_64_pages(unsigned int count)
{
	unsigned int done;
	unsigned int i;

	for (done = 0; done < count; done += 64) {
		vm_address_t address = 0;

		need_success(syscall_vm_allocate(self, &address,
		    64 * page_size, TRUE));
		for (i = 0; i < 64; i++)
			*(volatile uint64_t *)(address + i * page_size) += 1;
		need_success(syscall_vm_deallocate(self, address,
		    64 * page_size));
	}
}

static vm_address_t cargo;
static bool ool_write;

static void
loop_ool(unsigned int count)
{
	static struct message message;
	vm_size_t size = 1 << 20;
	vm_size_t i;

	while (count-- > 0) {
		vm_address_t copy;

		message_init(&message, port, MACH_MSG_TYPE_MAKE_SEND,
		    MACH_PORT_NULL, 0, 5);
		message_add_memory(&message, (void *)cargo, size, false);
		if (mach_msg_trap((mach_msg_user_header_t *)&message.header,
		    MACH_SEND_MSG | MACH_RCV_MSG, message.header.msgh_size,
		    sizeof message, port, 0, MACH_PORT_NULL) != 0)
			test_bail("out-of-line memory");
		copy = (vm_address_t)message_data(message_item(&message, 0));
		if (ool_write) {
			for (i = 0; i < size; i += page_size)
				*(volatile uint64_t *)(copy + i) += 1;
		}
		need_success(syscall_vm_deallocate(self, copy, size));
	}
}

static void
bench_memory(void)
{
	measure("vm_page", 4000, loop_page);
	measure("vm_64_pages", 64 * 100, loop_64_pages);
	port = port_receive_right();
	cargo = memory_allocate(1 << 20);
	memory_fill(cargo, 1 << 20, 1);
	ool_write = false;
	measure("ool_1m_untouched", 500, loop_ool);
	ool_write = true;
	measure("ool_1m_written", 20, loop_ool);
	ok(memory_check(cargo, 1 << 20, 1), "the sender's data are intact");
	memory_free(cargo, 1 << 20);
	port_destroy(port);
}

/* Pages from and to a pager, which is another task. */

#define PAGER_PAGES	64

enum {
	OBJECT_INIT = 2200,
	OBJECT_TERMINATE = 2201,
	OBJECT_REQUEST = 2203,
	OBJECT_LOCK_COMPLETED = 2206,
	OBJECT_RETURN = 2208,
};

static vm_address_t paged;

static uint64_t
pager_item(unsigned int index)
{
	return *(uint64_t *)message_data(message_item(&buffer, index));
}

/* One message of the kernel to the pager; the control right comes each time. */
static void
pager_answer(void)
{
	mach_port_t control = (mach_port_t)pager_item(0);
	vm_address_t data = 0;
	mach_msg_type_t *item;

	switch (buffer.header.msgh_id) {
	case OBJECT_INIT:
		need_success(memory_object_ready(control, FALSE,
		    MEMORY_OBJECT_COPY_DELAY));
		return;
	case OBJECT_TERMINATE:
		/* The client has unmapped it and is about to end this task. */
		return;
	case OBJECT_REQUEST:
		need_success(syscall_vm_allocate(self, &data, page_size,
		    TRUE));
		*(volatile uint64_t *)data = pager_item(1) + 1;
		need_success(memory_object_data_supply(control,
		    pager_item(1), data, (mach_msg_type_number_t)page_size,
		    TRUE, VM_PROT_NONE, FALSE, MACH_PORT_NULL));
		break;
	case OBJECT_RETURN:
		item = message_item(&buffer, 2);
		data = (vm_address_t)message_data(item);
		if (*(volatile uint64_t *)data != pager_item(1) + 2)
			test_bail("page-out: contents");
		need_success(syscall_vm_deallocate(self, data,
		    item->msgt_number));
		break;
	default:
		test_bail("pager: message %d", buffer.header.msgh_id);
	}
	need_success(syscall_mach_port_deallocate(self, control));
}

static void
pager_run(void *argument)
{
	mach_port_t object = port_with_send();
	struct message hello;

	message_init(&hello, CHILD_UP, MACH_MSG_TYPE_COPY_SEND,
	    MACH_PORT_NULL, 0, 1);
	message_add_port(&hello, object, MACH_MSG_TYPE_COPY_SEND);
	message_send(&hello);
	/* Its init first: the client needs the control port too. */
	need(mach_msg(&buffer.header, MACH_RCV_MSG, 0, sizeof buffer, object,
	    0, MACH_PORT_NULL) == 0);
	message_init(&hello, CHILD_UP, MACH_MSG_TYPE_COPY_SEND,
	    MACH_PORT_NULL, 0, 1);
	message_add_port(&hello, (mach_port_t)pager_item(0),
	    MACH_MSG_TYPE_COPY_SEND);
	pager_answer();
	message_send(&hello);
	for (;;) {
		need(mach_msg(&buffer.header, MACH_RCV_MSG, 0, sizeof buffer,
		    object, 0, MACH_PORT_NULL) == 0);
		pager_answer();
	}
}

/* Let the kernel give up all pages, the changed ones to the pager. */
static void
paged_flush(void)
{
	need_success(memory_object_lock_request(server, 0,
	    PAGER_PAGES * page_size, MEMORY_OBJECT_RETURN_DIRTY, TRUE,
	    VM_PROT_NO_CHANGE, port));
	if (message_receive(&buffer, port, 5000) != 0 ||
	    buffer.header.msgh_id != OBJECT_LOCK_COMPLETED)
		test_bail("a flush is not completed");
	need_success(syscall_mach_port_deallocate(self,
	    (mach_port_t)pager_item(0)));
}

static bool paged_write;

/* Ask for pages, change them or not, and give them back. */
static void
loop_paged(unsigned int count)
{
	unsigned int done, i;

	for (done = 0; done < count; done += PAGER_PAGES) {
		for (i = 0; i < PAGER_PAGES; i++) {
			volatile uint64_t *word = (volatile uint64_t *)
			    (paged + i * page_size);

			if (*word != i * page_size + 1)
				test_bail("page-in: contents");
			if (paged_write)
				*word += 1;
		}
		paged_flush();
	}
}

static void
bench_pager(void)
{
	struct test_child child;

	test_child_start(&child, pager_run, NULL);
	need(message_receive(&buffer, child.up, 5000) == MACH_MSG_SUCCESS);
	paged = 0;
	need_success(vm_map(self, &paged, PAGER_PAGES * page_size, 0, TRUE,
	    (mach_port_t)pager_item(0), 0, FALSE,
	    VM_PROT_READ | VM_PROT_WRITE, VM_PROT_ALL, VM_INHERIT_NONE));
	need(message_receive(&buffer, child.up, 5000) == MACH_MSG_SUCCESS);
	server = (mach_port_t)pager_item(0);
	port = port_receive_right();
	paged_write = false;
	measure("page_in", PAGER_PAGES * 20, loop_paged);
	paged_write = true;
	measure("page_in_out", PAGER_PAGES * 20, loop_paged);
	memory_free(paged, PAGER_PAGES * page_size);
	mach_port_deallocate(self, server);
	port_destroy(port);
	test_child_kill(&child);
}

/* Threads and tasks. */

static volatile uint32_t ran;

static void
suspend_self(void)
{
	ran++;
	for (;;)
		thread_switch(MACH_PORT_NULL, SWITCH_OPTION_WAIT, 1000000);
}

static void
loop_thread(unsigned int count)
{
	static uint8_t stack[4096] __attribute__((aligned(16)));
	struct aarch64_thread_state state;
	mach_port_t thread;

	memset(&state, 0, sizeof state);
	state.pc = (uintptr_t)suspend_self;
	state.sp = (uintptr_t)stack + sizeof stack;
	while (count-- > 0) {
		uint32_t before = ran;

		need_success(thread_create(self, &thread));
		need_success(set_state(thread, &state));
		need_success(thread_resume(thread));
		while (ran == before)
			swtch();
		need_success(thread_terminate(thread));
		need_success(mach_port_deallocate(self, thread));
	}
}

static boolean_t inherit;

static void
loop_task(unsigned int count)
{
	mach_port_t task;

	while (count-- > 0) {
		need_success(task_create(self, inherit, &task));
		need_success(task_terminate(task));
		need_success(mach_port_deallocate(self, task));
	}
}

/* Exceptions. */

#define INSTRUCTION_BRK	0xd4200020u	/* brk #1 */
#define INSTRUCTION_NOP	0xd503201fu
#define INSTRUCTION_RET	0xd65f03c0u

static mach_port_t exceptions;
static volatile uint32_t *code;
static uint32_t handled;

static void
code_write(uint32_t instruction)
{
	code[0] = instruction;
	__asm__ volatile("dc cvau, %0\n\tdsb ish\n\tic ivau, %0\n\t"
	    "dsb ish\n\tisb" : : "r"(code) : "memory");
}

/*
 * Repairs the code, so that the thread goes on where it stopped.  The rights
 * to thread and task that each message brings add up until the end.
 */
static void
handle(void *argument)
{
	static struct exception_message message;
	mach_msg_option_t option = MACH_RCV_MSG;
	mach_msg_size_t size = 0;

	while (mach_msg_trap((mach_msg_user_header_t *)&message.header,
	    option, size, sizeof message, exceptions, 0, MACH_PORT_NULL) ==
	    MACH_MSG_SUCCESS) {
		handled++;
		code_write(INSTRUCTION_NOP);
		/* The reply is a return code where the first item was. */
		size = sizeof message.header + 2 * sizeof message.task;
		message.header.msgh_bits = MACH_MSGH_BITS(
		    MACH_MSGH_BITS_REMOTE(message.header.msgh_bits), 0);
		message.header.msgh_size = size;
		message.header.msgh_local_port = MACH_PORT_NULL;
		message.header.msgh_id += 100;
		message.thread_type = message.exception_type;
		message.thread.kernel_port_do_not_use = KERN_SUCCESS;
		option = MACH_SEND_MSG | MACH_RCV_MSG;
	}
}

static void
loop_exception(unsigned int count)
{
	while (count-- > 0) {
		code_write(INSTRUCTION_BRK);
		((void (*)(void))(uintptr_t)code)();
	}
}

static void
bench_exception(void)
{
	mach_port_t thread = mach_thread_self();
	struct test_thread *handler;

	exceptions = port_with_send();
	code = (volatile uint32_t *)memory_allocate(page_size);
	code[1] = INSTRUCTION_RET;
	need_success(vm_protect(self, (vm_address_t)code, page_size, FALSE,
	    VM_PROT_ALL));
	handler = test_thread_start(handle, NULL);
	need_success(thread_set_special_port(thread, THREAD_EXCEPTION_PORT,
	    exceptions));
	measure("exception", 2000, loop_exception);
	ok(test_option("row") != NULL || handled == 2000 + 2000 / 8 + 1,
	    "each exception was handled");
	need_success(thread_set_special_port(thread, THREAD_EXCEPTION_PORT,
	    MACH_PORT_NULL));
	test_thread_kill(handler);
	need_success(mach_port_mod_refs(self, self, MACH_PORT_RIGHT_SEND,
	    -(mach_port_delta_t)handled));
	need_success(mach_port_mod_refs(self, thread, MACH_PORT_RIGHT_SEND,
	    -(mach_port_delta_t)handled));
	port_destroy(exceptions);
	memory_free((vm_address_t)code, page_size);
}

/* Interrupts: the alarm of the PL031, raised, received and acknowledged. */

#define RTCDR		0x00
#define RTCMR		0x04
#define RTCIMSC		0x10
#define RTCICR		0x1c

static volatile void *rtc;
static mach_port_t irq;
static mach_port_t interrupts;

static void
loop_interrupt(unsigned int count)
{
	mach_msg_header_t *header = &buffer.header;

	while (count-- > 0) {
		register_write(rtc, RTCMR, register_read(rtc, RTCDR));
		if (mach_msg_trap((mach_msg_user_header_t *)header,
		    MACH_RCV_MSG, 0, sizeof buffer, interrupts, 0,
		    MACH_PORT_NULL) != MACH_MSG_SUCCESS)
			test_bail("interrupt");
		register_write(rtc, RTCICR, 1);
		if (device_intr_ack(irq, interrupts,
		    MACH_MSG_TYPE_COPY_SEND) != KERN_SUCCESS)
			test_bail("acknowledge");
	}
}

static void
bench_interrupt(void)
{
	fdt_node_t node = device_tree_clock();
	struct fdt_range registers;

	need(fdt_reg(device_tree(), node, 0, &registers));
	rtc = device_registers(registers.address, page_size);
	irq = device_open_name("irq");
	interrupts = port_with_send();
	register_write(rtc, RTCICR, 1);
	register_write(rtc, RTCIMSC, 1);
	need_success(device_intr_register(irq, device_tree_interrupt(node), 0,
	    interrupts, MACH_MSG_TYPE_COPY_SEND));
	measure("interrupt", 2000, loop_interrupt);
	register_write(rtc, RTCIMSC, 0);
	port_destroy(interrupts);
}

/*
 * Memory: how much of it can be had.  `ram` is what QEMU was given, MiB.
 */
static void
bench_boot(uint64_t entry)
{
	const char *option = test_option("ram");
	uint64_t ram = option == NULL ? 0 :
	    (uint64_t)test_number(option) << 20;
	uint64_t want = ram / 10 * 9;
	uint64_t step = 1 << 20;
	uint64_t had;
	vm_statistics_data_t statistics;
	vm_address_t first = 0;

	test_print("bench boot %lu\n", entry);
	need_success(vm_statistics(self, &statistics));
	test_print("bench ram_free_kib %lu\n",
	    (uint64_t)(uint32_t)statistics.free_count * page_size / 1024);
	if (ram == 0)
		return;
	ok_eq(vm_allocate(self, &first, want, TRUE), KERN_SUCCESS,
	    "allocate 90 %% of RAM");
	for (had = 0; had < want; had += page_size)
		*(volatile uint64_t *)(first + had) = had;
	for (had = 0; had < want; had += step) {
		if (*(volatile uint64_t *)(first + had) != had)
			break;
	}
	ok(had >= want, "touch it and find it as written");
	memory_free(first, want);
}

void
test_main(void)
{
	uint64_t entry = time_ns();

	bench_boot(entry);
	measure("trap", 100000, loop_trap);
	port = port_receive_right();
	measure("send_receive", 20000, loop_send_receive);
	port_destroy(port);
	bench_rpc();
	measure("host_get_time", 20000, loop_host_get_time);
	measure("task_info", 20000, loop_task_info);
	measure("port", 10000, loop_port);
	bench_memory();
	bench_pager();
	measure("thread", 500, loop_thread);
	inherit = FALSE;
	measure("task_empty", 300, loop_task);
	inherit = TRUE;
	measure("task_inherit", 300, loop_task);
	bench_exception();
	bench_interrupt();
}

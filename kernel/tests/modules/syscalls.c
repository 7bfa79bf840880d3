/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The hurd-arm64 developers */
/*
 * The traps: results, errors, and what they leave alone (ABI.md, Traps).
 */
#include "lib/test.h"

#define self	task_self_port

static void
test_ports(void)
{
	mach_port_t port = MACH_PORT_NULL;
	mach_port_t first = mach_task_self();

	ok_eq(mach_task_self(), first, "the task port keeps its name");
	ok_eq(mach_thread_self(), mach_thread_self(),
	    "the thread port keeps its name");
	ok_eq(mach_host_self(), mach_host_self(),
	    "the host port keeps its name");
	port = mach_reply_port();
	ok_eq(port_type(port), MACH_PORT_TYPE_RECEIVE, "a reply port");
	port_destroy(port);
	ok_eq(syscall_mach_port_allocate(self, MACH_PORT_RIGHT_RECEIVE,
	    &port), KERN_SUCCESS, "allocate a port");
	ok_eq(syscall_mach_port_insert_right(self, port, port,
	    MACH_MSG_TYPE_MAKE_SEND), KERN_SUCCESS, "make a send right");
	ok_eq(port_refs(port, MACH_PORT_RIGHT_SEND), 1, "it is there");
	ok_eq(syscall_mach_port_deallocate(self, port), KERN_SUCCESS,
	    "deallocate it");
	ok_eq(port_refs(port, MACH_PORT_RIGHT_SEND), 0, "it is gone");
	ok_eq(syscall_mach_port_allocate_name(self, MACH_PORT_RIGHT_RECEIVE,
	    port), KERN_NAME_EXISTS, "the name is taken");
	port_destroy(port);
	ok_eq(syscall_mach_port_allocate_name(self, MACH_PORT_RIGHT_RECEIVE,
	    port), KERN_SUCCESS, "and free again");
	port_destroy(port);
	ok_eq(syscall_mach_port_allocate(self, MACH_PORT_RIGHT_RECEIVE,
	    (mach_port_t *)0x10), KERN_INVALID_ADDRESS,
	    "nowhere to put the name");
	ok(syscall_mach_port_allocate(port_free_name(),
	    MACH_PORT_RIGHT_RECEIVE, &port) != KERN_SUCCESS, "no such task");
}

static void
test_memory(void)
{
	vm_address_t address = 0;
	vm_address_t wanted;

	ok_eq(syscall_vm_allocate(self, &address, 3 * page_size, TRUE),
	    KERN_SUCCESS, "allocate memory");
	ok(address >= 0x10000 && address % page_size == 0,
	    "at a place above 64 KiB");
	memory_fill(address, 3 * page_size, 1);
	ok(memory_check(address, 3 * page_size, 1), "it holds data");
	ok_eq(syscall_vm_deallocate(self, address, 3 * page_size),
	    KERN_SUCCESS, "deallocate it");
	ok(!is_mapped(address), "it is gone");
	wanted = address;
	ok_eq(syscall_vm_map(self, &wanted, page_size, 0, FALSE,
	    MACH_PORT_NULL, 0, FALSE, VM_PROT_READ, VM_PROT_READ,
	    VM_INHERIT_NONE), KERN_SUCCESS, "map eleven arguments");
	ok_eq(wanted, address, "where we want it");
	ok(can_read(wanted) && !can_write(wanted), "for reading only");
	ok_eq(syscall_vm_deallocate(self, wanted, page_size), KERN_SUCCESS,
	    "unmap it");
	ok_eq(syscall_vm_allocate(self, (vm_address_t *)0x8, page_size,
	    TRUE), KERN_INVALID_ADDRESS, "nowhere to put the address");
	ok_eq(syscall_vm_allocate(self,
	    (vm_address_t *)((uintptr_t)&address | (1ul << 56)), page_size,
	    TRUE), KERN_INVALID_ADDRESS, "a tagged address");
	ok(syscall_vm_allocate(MACH_PORT_NULL, &address, page_size, TRUE) !=
	    KERN_SUCCESS, "no task");
}

static void
test_tasks(void)
{
	mach_port_t task = MACH_PORT_NULL;
	mach_port_t port = port_with_send();
	mach_port_t got = MACH_PORT_NULL;

	ok_eq(syscall_task_create(self, FALSE, &task), KERN_SUCCESS,
	    "create a task");
	ok_eq(syscall_task_suspend(task), KERN_SUCCESS, "suspend it");
	ok_eq(task_resume(task), KERN_SUCCESS, "resume it");
	ok_eq(syscall_task_set_special_port(task, TASK_BOOTSTRAP_PORT, port),
	    KERN_SUCCESS, "give it a bootstrap port");
	ok_eq(task_get_special_port(task, TASK_BOOTSTRAP_PORT, &got),
	    KERN_SUCCESS, "ask for it");
	ok_eq(got, port, "the same");
	ok_eq(syscall_task_terminate(task), KERN_SUCCESS, "end it");
	ok_eq(port_type(task), MACH_PORT_TYPE_DEAD_NAME, "it is dead");
	port_destroy(task);
	port_destroy(port);
	ok(syscall_task_terminate(port_free_name()) != KERN_SUCCESS,
	    "no such task");
	ok(syscall_thread_depress_abort(mach_thread_self()) !=
	    KERN_INVALID_ARGUMENT, "a thread may be undepressed");
	ok_eq(syscall_thread_depress_abort(self), KERN_INVALID_ARGUMENT,
	    "a task may not");
}

/* All registers but x0 survive a trap. */
static uint64_t
trap_registers(uint64_t *bad)
{
	uint64_t wrong = 0;
	uint64_t result;

	__asm__ volatile(
	    "stp	x29, x30, [sp, #-16]!\n\t"
	    "mov	x9, #0x1009\n\t" "mov	x10, #0x100a\n\t"
	    "mov	x11, #0x100b\n\t" "mov	x12, #0x100c\n\t"
	    "mov	x13, #0x100d\n\t" "mov	x14, #0x100e\n\t"
	    "mov	x15, #0x100f\n\t" "mov	x16, #0x1010\n\t"
	    "mov	x17, #0x1011\n\t" "mov	x18, #0x1012\n\t"
	    "mov	x1, #0x1001\n\t" "mov	x7, #0x1007\n\t"
	    "movi	v0.16b, #0x5a\n\t" "movi	v31.16b, #0xa5\n\t"
	    "cmp	sp, #1, lsl #12\n\t"
	    "mov	w8, #-28\n\t"
	    "svc	#0\n\t"
	    "cset	x2, cs\n\t"
	    "mov	%1, x0\n\t"
	    "mov	%0, #0\n\t"
	    ".macro check reg, value\n\t"
	    "sub	x3, \\reg, #\\value\n\t"
	    "orr	%0, %0, x3\n\t"
	    ".endm\n\t"
	    "mov	x4, #0x1000\n\t"
	    "sub x9, x9, x4\n\tcheck x9, 0x9\n\t"
	    "sub x10, x10, x4\n\tcheck x10, 0xa\n\t"
	    "sub x11, x11, x4\n\tcheck x11, 0xb\n\t"
	    "sub x12, x12, x4\n\tcheck x12, 0xc\n\t"
	    "sub x13, x13, x4\n\tcheck x13, 0xd\n\t"
	    "sub x14, x14, x4\n\tcheck x14, 0xe\n\t"
	    "sub x15, x15, x4\n\tcheck x15, 0xf\n\t"
	    "sub x16, x16, x4\n\tcheck x16, 0x10\n\t"
	    "sub x17, x17, x4\n\tcheck x17, 0x11\n\t"
	    "sub x18, x18, x4\n\tcheck x18, 0x12\n\t"
	    "sub x1, x1, x4\n\tcheck x1, 0x1\n\t"
	    "sub x7, x7, x4\n\tcheck x7, 0x7\n\t"
	    "check x2, 1\n\t"
	    "umov	w3, v0.b[15]\n\tsub w3, w3, #0x5a\n\torr %0, %0, x3\n\t"
	    "umov	w3, v31.b[0]\n\tsub w3, w3, #0xa5\n\torr %0, %0, x3\n\t"
	    "ldp	x29, x30, [sp], #16"
	    : "=&r"(wrong), "=&r"(result)
	    :
	    : "x0", "x1", "x2", "x3", "x4", "x7", "x8", "x9", "x10", "x11",
	    "x12", "x13", "x14", "x15", "x16", "x17", "x18", "v0", "v31",
	    "cc", "memory");
	*bad = wrong;
	return result;
}

static void
test_registers(void)
{
	uint64_t bad = 1;

	ok_eq(trap_registers(&bad), self, "a trap gives its result in x0");
	ok_eq(bad, 0, "and leaves x1-x18, flags and SIMD registers alone");
}

static void
test_print_errors(void)
{
	mach_print("# printed\n");
	mach_print((const char *)0x10);
	mach_print((const char *)0xffff000000000000ul);
	ok(true, "printing nonsense is harmless");
}

static void
test_counter(void)
{
	uint64_t frequency;
	uint64_t ctr;
	uint64_t dczid;

	__asm__ volatile("mrs %0, cntfrq_el0\n\tmrs %1, ctr_el0\n\t"
	    "mrs %2, dczid_el0" : "=r"(frequency), "=r"(ctr), "=r"(dczid));
	ok(frequency >= 1000000, "user mode reads CNTFRQ, CTR and DCZID");
	ok(time_ns() < time_ns() + 1, "and CNTVCT");
	if ((dczid & 0x10) == 0) {
		static uint8_t block[4096] __attribute__((aligned(2048)));
		size_t size = 4ul << (dczid & 15);

		memset(block, 0xff, sizeof block);
		__asm__ volatile("dc zva, %0" : : "r"(block) : "memory");
		ok(block[0] == 0 && block[size - 1] == 0 &&
		    block[size] == 0xff, "dc zva clears %lu bytes", size);
		__asm__ volatile("dc cvau, %0\n\tdsb ish\n\tic ivau, %0\n\t"
		    "dsb ish\n\tisb" : : "r"(block) : "memory");
		ok(true, "cache maintenance is allowed");
	}
}

static void
test_random_traps(void)
{
	uint64_t state = 88172645463325252ull;
	unsigned int i;

	/* Numbers and arguments at random; none that ends or blocks us. */
	static const int numbers[] = { -17, -18, -30, -59, -60, -65, -66,
	    -71, -72, -73, -74, -75, -76 };

	for (i = 0; i < 3000; i++) {
		uint64_t arguments[8];
		unsigned int k;

		for (k = 0; k < 8; k++) {
			arguments[k] = test_random(&state);
			if (k == 0)
				arguments[k] |= 0x80000000u;
		}
		trap_raw((uint64_t)(int64_t)numbers[test_random(&state) %
		    (sizeof numbers / sizeof numbers[0])], arguments);
	}
	ok_eq(mach_task_self(), self, "3000 random traps do no harm");
}

void
test_main(void)
{
	test_ports();
	test_memory();
	test_tasks();
	test_registers();
	test_print_errors();
	test_counter();
	test_random_traps();
}

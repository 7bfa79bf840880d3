// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The hurd-arm64 developers
//
// Exceptions through signal frames.  A thread plays the part of the C
// library's: it hears of the faults of the first one, puts a signal context
// onto its stack and has it run a handler.
#include <cstdint>
#include <unwind.h>

#include "support.h"

extern "C" {
extern char signal_trampoline[];
uint64_t fault_leaf(const uint64_t *);
void fault_kept(const uint64_t *);
void signal_return(struct signal_context *) __attribute__((noreturn));
}

struct signal_context {
	struct aarch64_thread_state basic;
	struct aarch64_float_state floating;
};
static_assert(__builtin_offsetof(signal_context, floating) == 288);

namespace {

struct Fault {
	uint64_t pc;
};

using Handler = void(signal_context *);
Handler *volatile handler;
mach_port_t signal_port;

const uint64_t *const nowhere = reinterpret_cast<const uint64_t *>(16);

void
handler_throws(signal_context *context)
{
	throw Fault{context->basic.pc};
}

// The load is not tried again.
void
handler_returns(signal_context *context)
{
	context->basic.x[0] = 1234;
	context->basic.pc += 4;
}

struct Trace {
	unsigned int frames;
	unsigned int interrupted;
	uint64_t pc;
	uint64_t cfa;
};
Trace trace;

_Unwind_Reason_Code
trace_frame(_Unwind_Context *context, void *)
{
	int before = 0;
	uint64_t pc = _Unwind_GetIPInfo(context, &before);

	trace.frames++;
	if (before != 0) {
		trace.interrupted++;
		trace.pc = pc;
		trace.cfa = _Unwind_GetCFA(context);
	}
	return _URC_NO_REASON;
}

void
handler_traces(signal_context *context)
{
	trace = Trace{};
	_Unwind_Backtrace(trace_frame, nullptr);
	trace.pc -= context->basic.pc;
	trace.cfa -= context->basic.sp;
	handler_returns(context);
}

// Send one signal: the thread of `message` runs the handler.
void
signal_send(const exception_message &message)
{
	mach_port_t thread = message.thread.name;
	mach_msg_type_number_t count = AARCH64_FLOAT_STATE_COUNT;
	signal_context context = {};
	aarch64_thread_state state;

	need_success(get_state(thread, &context.basic));
	need_success(thread_get_state(thread, AARCH64_FLOAT_STATE,
	    reinterpret_cast<thread_state_t>(&context.floating), &count));
	state = context.basic;
	state.sp = (state.sp - sizeof context) & ~15ul;
	memcpy(reinterpret_cast<void *>(state.sp), &context, sizeof context);
	state.x[0] = state.sp;
	state.x[30] = reinterpret_cast<uint64_t>(signal_trampoline);
	state.pc = reinterpret_cast<uint64_t>(handler);
	need_success(set_state(thread, &state));
}

void
signal_thread(void *)
{
	exception_message message;

	for (;;) {
		if (exception_receive(signal_port, &message, 1000) !=
		    MACH_MSG_SUCCESS)
			continue;
		signal_send(message);
		exception_reply(&message, KERN_SUCCESS);
	}
}

__attribute__((noipa)) uint64_t
read_there(const volatile uint64_t *at)
{
	return *at + 1;
}

void
test_return()
{
	handler = handler_returns;
	ok_eq(fault_leaf(nowhere), 1234, "a handler returns");
}

void
test_throw()
{
	uint64_t pc = 0;

	handler = handler_throws;
	try {
		pc = read_there(nowhere);
		pc = 0;
	} catch (const Fault &fault) {
		pc = fault.pc;
	}
	ok(pc >= reinterpret_cast<uint64_t>(&read_there) &&
	    pc < reinterpret_cast<uint64_t>(&read_there) + 64,
	    "an exception leaves a handler");
	pc = 0;
	try {
		fault_leaf(nowhere);
	} catch (const Fault &fault) {
		pc = fault.pc;
	}
	ok_eq(pc, reinterpret_cast<uint64_t>(&fault_leaf) + 4,
	    "the interrupted function had not saved x30");
}

// What the interrupted functions' callers keep in registers is there again.
void
test_registers()
{
	register uint64_t x19 __asm__("x19") = 19;
	register uint64_t x20 __asm__("x20") = 20;
	register double d8 __asm__("d8") = 8;
	register double d9 __asm__("d9") = 9;
	bool caught = false;

	__asm__ volatile("" : "+r"(x19), "+r"(x20), "+w"(d8), "+w"(d9));
	try {
		fault_kept(nowhere);
	} catch (const Fault &) {
		caught = true;
	}
	__asm__ volatile("" : "+r"(x19), "+r"(x20), "+w"(d8), "+w"(d9));
	bool kept = x19 == 19 && x20 == 20 && d8 == 8 && d9 == 9;
	ok(caught, "out of a function that signs its return address");
	ok(kept, "its caller's registers are back");
}

// Fault in a handler's callee: two signal frames, one above the other.
void
handler_faults(signal_context *context)
{
	uint64_t inner = 0;

	handler = handler_throws;
	try {
		fault_leaf(nowhere);
	} catch (const Fault &fault) {
		inner = fault.pc;
	}
	handler = handler_faults;
	throw Fault{inner + context->basic.pc};
}

void
test_nested()
{
	uint64_t sum = 0;

	handler = handler_faults;
	try {
		fault_leaf(nowhere);
	} catch (const Fault &fault) {
		sum = fault.pc;
	}
	ok_eq(sum, 2 * (reinterpret_cast<uint64_t>(&fault_leaf) + 4),
	    "a fault in a handler, and out of both");
}

void
test_trace()
{
	handler = handler_traces;
	ok_eq(fault_leaf(nowhere), 1234, "a handler looks at the stack");
	ok(trace.frames >= 5, "it sees %u frames", trace.frames);
	ok_eq(trace.interrupted, 1, "one of them was interrupted");
	ok_eq(trace.pc, 0, "at the faulting instruction");
	ok_eq(trace.cfa, 0, "with its own stack pointer");
}

} // namespace

void
signal_return(struct signal_context *context)
{
	// There is no result of success: the registers are as they are told.
	thread_set_self_state(AARCH64_FLOAT_STATE,
	    reinterpret_cast<thread_state_t>(&context->floating),
	    AARCH64_FLOAT_STATE_COUNT);
	thread_set_self_state(AARCH64_THREAD_STATE,
	    reinterpret_cast<thread_state_t>(&context->basic),
	    AARCH64_THREAD_STATE_COUNT);
	test_bail("signal_return came back");
}

extern "C" void
test_main()
{
	support_start();
	signal_port = port_with_send();
	need_success(thread_set_special_port(mach_thread_self(),
	    THREAD_EXCEPTION_PORT, signal_port));
	test_thread_start(signal_thread, nullptr);
	test_return();
	test_throw();
	test_registers();
	test_nested();
	test_trace();
}

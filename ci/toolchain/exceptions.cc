// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The hurd-arm64 developers
//
// What a C++ program gets from the compiler, libsupc++ and libgcc's unwinder,
// without a C library: static objects, run-time types, exceptions.
#include <cstdint>
#include <exception>
#include <new>
#include <typeinfo>
#include <type_traits>

#include "support.h"

namespace {

unsigned int order;

struct Counted {
	explicit Counted(unsigned int value) : value(value)
	{
		order = order * 10 + value;
	}
	~Counted()
	{
		order = order * 10 + value;
	}
	unsigned int value;
};

Counted first(1);
Counted second(2);

struct Shape {
	virtual ~Shape() = default;
	virtual int sides() const = 0;
};
struct Square : Shape {
	int sides() const override { return 4; }
};
struct Named {
	virtual ~Named() = default;
	int name = 7;
};
struct Tile : Square, virtual Named {
};

struct Error {
	explicit Error(int code) : code(code) {}
	virtual ~Error() = default;
	int code;
};
struct BadValue : Error {
	using Error::Error;
};

__attribute__((noipa)) void
raise(int code)
{
	if (code != 0)
		throw BadValue(code);
}

// As deep as it is told, with an object to destroy in each frame.
__attribute__((noipa)) void
descend(unsigned int depth, unsigned int *destroyed)
{
	struct Frame {
		unsigned int *destroyed;
		~Frame() { ++*destroyed; }
	} frame{destroyed};

	if (depth == 0)
		raise(99);
	else
		descend(depth - 1, destroyed);
}

void
test_static()
{
	ok_eq(order, 12, "static objects are constructed in order");
	static Counted local(3);
	ok_eq(order, 123, "a local one when it is reached");
	ok_eq(local.value, 3, "and it has its value");
}

void
test_types()
{
	Tile tile;
	Shape *shape = &tile;
	Named *named = dynamic_cast<Named *>(shape);

	ok_eq(shape->sides(), 4, "a virtual function");
	ok(named != nullptr && named->name == 7, "dynamic_cast to a sibling");
	ok(typeid(*shape) == typeid(Tile), "typeid is the object's");
	ok(strcmp(typeid(int).name(), "i") == 0, "a type has a name");
	Square square;
	Shape *other = &square;
	ok(dynamic_cast<Named *>(other) == nullptr, "a cast that fails");
	static_assert(std::is_base_of_v<Shape, Tile>);
}

void
test_catch()
{
	int caught = 0;
	unsigned int destroyed = 0;

	try {
		throw 42;
	} catch (int value) {
		caught = value;
	}
	ok_eq(caught, 42, "an int is thrown and caught");
	try {
		raise(5);
	} catch (const Error &error) {
		caught = error.code;
		ok(typeid(error) == typeid(BadValue), "it stays what it is");
	}
	ok_eq(caught, 5, "a class by its base");
	try {
		try {
			raise(6);
		} catch (const Error &) {
			throw;
		}
	} catch (const BadValue &error) {
		caught = error.code;
	}
	ok_eq(caught, 6, "thrown again");
	try {
		descend(100, &destroyed);
	} catch (...) {
		caught = 1;
	}
	ok_eq(caught, 1, "through 100 frames");
	ok_eq(destroyed, 101, "every object was destroyed");
	try {
		Tile tile;
		Shape &shape = static_cast<Square &>(tile);
		Square *square = &dynamic_cast<Square &>(shape);
		ok(square != nullptr, "a reference cast that holds");
		Square plain;
		Shape &base = plain;
		(void)dynamic_cast<Named &>(base);
		ok(false, "a reference cast that fails throws");
	} catch (const std::bad_cast &) {
		ok(true, "a reference cast that fails throws");
	}
}

void
test_memory()
{
	struct Throws {
		Throws() { throw BadValue(8); }
		char room[64];
	};
	unsigned int frees = support_frees;
	int caught = 0;

	try {
		delete new Throws;
	} catch (const BadValue &error) {
		caught = error.code;
	}
	ok_eq(caught, 8, "a constructor throws");
	ok_eq(support_frees, frees + 2, "its memory and the exception's go");
	try {
		volatile std::size_t much = 1ul << 40;
		char *volatile block = new char[much];
		delete[] block;
		caught = 0;
	} catch (const std::bad_alloc &) {
		caught = 9;
	}
	ok_eq(caught, 9, "no memory is bad_alloc");
	ok(new (std::nothrow) char[1ul << 40] == nullptr, "or null, if asked");
}

void
test_nested()
{
	std::exception_ptr kept;
	int caught = 0;

	try {
		raise(3);
	} catch (...) {
		kept = std::current_exception();
		ok_eq(std::uncaught_exceptions(), 0, "a caught one is counted");
	}
	try {
		std::rethrow_exception(kept);
	} catch (const BadValue &error) {
		caught = error.code;
	}
	ok_eq(caught, 3, "an exception kept for later");
}

} // namespace

extern "C" void
test_main()
{
	support_start();
	test_static();
	test_types();
	test_catch();
	test_memory();
	test_nested();
	support_finish();
	ok_eq(order, 123321, "static objects are destroyed, the last first");
}

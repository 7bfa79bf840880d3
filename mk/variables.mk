# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright (C) 2026 The hurd-arm64 developers
#
# What one may set on the command line, and the names derived from it.
# A line `NAME ?= value  ## text` is shown by `make`.

MEM ?= 1024##		memory of `make run`, MiB
CPUS ?= 1##		processors of `make run`
GIC ?= 3##		interrupt controller of `make run`: 2 or 3
BOOT ?= grub##		boot loader of the image: grub (EFI) or uboot
IMAGE_SIZE ?= 1G##	size of the disk image
PACKAGES ?=##		further packages of the image
MIRROR ?=##		Debian mirror; the default is the host's own
KEY ?=##		signing key: an exported secret key or a gpg key id
TO ?=##			where `make publish` goes: directory or rsync target
YES ?=##		1: `make prune-cache` removes what it lists
V ?=##			1 shows the output of every step

MAKEFLAGS += --no-builtin-rules --no-print-directory
SHELL := /bin/sh
.SUFFIXES:
.DELETE_ON_ERROR:

TOP := $(CURDIR)
BUILD ?= build
override BUILD := $(abspath $(BUILD))
XDG_CACHE_HOME ?= $(HOME)/.cache
CACHE := $(abspath $(XDG_CACHE_HOME))/hurd-arm64

REPO := $(BUILD)/repo
# The public half of the signing key, for those who trust the repository.
KEYRING := $(BUILD)/archive-keyring.pgp
# A key id means a key of the caller's own gpg.
ifneq ($(KEY),)
ifeq ($(wildcard $(KEY)),)
GNUPGHOME ?= $(HOME)/.gnupg
export GNUPGHOME
else
override KEY := $(abspath $(KEY))
endif
endif

export TOP BUILD CACHE V MIRROR KEY KEYRING MEM CPUS GIC BOOT IMAGE_SIZE PACKAGES

STEP := $(TOP)/mk/step
IN_ROOT := $(TOP)/mk/in-root

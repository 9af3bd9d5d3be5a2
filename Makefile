# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#
# make            the static loader ./load_kp_bpf, without a C library; HOSTED=yes: with one
# make install    with its man page; DESTDIR, PREFIX
# make examples   examples/*.o, needs clang
# make demo       shows the main job, in a VM if this machine cannot
# make shell      a VM to play in
# make check      every test; check-matrix: on six machines and Debian's kernels;
#                 check-corpus: others' objects, beside libbpf (an hour or two)
# make fuzz       libFuzzer on each parser, in both orders of bytes, for FUZZ_SECONDS
# make coverage   what the tests without a VM do not reach; make lint; make bench
# make release    release/load_kp_bpf-MACHINE for six machines; check-release proves them
#
# All but the first two install what they need.

VERSION = 0.1
PREFIX  = /usr/local
BIN     = load_kp_bpf
# The first of the flags that this compiler takes: gcc before 12 has no -Oz.
takes   = $(firstword $(foreach flag,$(1),$(shell $(CC) -Werror $(flag) -S -x c -o /dev/null \
	  /dev/null 2>/dev/null && echo $(flag))))
CFLAGS := $(call takes,-Oz -Os)
LDFLAGS = -static -s
CLANG   = clang

export FUZZ_SECONDS ?= 60

WARNINGS = -Wall -Wextra -Wshadow -Wmissing-prototypes -Wvla
DEFINES  = -std=gnu11 -D_GNU_SOURCE -D_FILE_OFFSET_BITS=64 -DVERSION='"$(VERSION)"'
# Where bare.h knows the machine. The compiler's own library has what a machine cannot
# do itself, as to divide 64 bits.
ifeq ($(HOSTED)$(shell $(CC) $(CPPFLAGS) -DBARE -E -o /dev/null bare.h 2>&1),)
DEFINES += -DBARE
LDLIBS  := -nostdlib $(wildcard $(shell $(CC) -print-libgcc-file-name))
endif
# What gcc does for speed even then, and some distributions' for safety, each of which
# costs room here. On x86-64 long frames make long instructions, so that a function
# called once is better off alone.
NO_SPEED = -fno-expensive-optimizations -fno-caller-saves -fno-optimize-sibling-calls \
	   -fno-if-conversion -fno-ipa-modref -fno-ipa-sra -fno-move-loop-invariants \
	   -fno-tree-dominator-opts -fno-tree-loop-im -fno-tree-switch-conversion \
	   -fno-tree-tail-merge -mgeneral-regs-only -fcf-protection=none \
	   -fno-stack-clash-protection
ifneq ($(findstring x86_64,$(shell $(CC) -dumpmachine)),)
NO_SPEED += -fno-inline-functions-called-once -malign-data=abi
endif
NO_SPEED := $(foreach flag,$(NO_SPEED),$(call takes,$(flag)))
# Only what is used stays in the binary. Its segments follow one another in the
# file, and lie 64 KiB apart in memory, the largest page of any machine.
SMALL    = $(NO_SPEED) -fno-pie -fno-stack-protector -fno-jump-tables \
	   -fno-asynchronous-unwind-tables -fno-unwind-tables \
	   -ffunction-sections -fdata-sections -Wl,--gc-sections -Wl,--build-id=none \
	   -Wl,-z,norelro -Wl,-z,noseparate-code \
	   -Wl,-z,max-page-size=65536 -Wl,-z,common-page-size=64 -Wl,-T,scripts/layout.ld

HEADERS  = $(wildcard *.h)
EXAMPLES = $(patsubst %.c,%.o,$(wildcard examples/*.c))

all: $(BIN)

$(BIN): loader.c $(HEADERS) scripts/layout.ld Makefile
	$(CC) $(DEFINES) $(WARNINGS) $(CPPFLAGS) $(CFLAGS) $(SMALL) loader.c $(LDFLAGS) $(LDLIBS) -o $@

install: $(BIN)
	install -D -m 755 $(BIN) $(DESTDIR)$(PREFIX)/sbin/load_kp_bpf
	install -D -m 644 load_kp_bpf.8 $(DESTDIR)$(PREFIX)/share/man/man8/load_kp_bpf.8

examples: $(EXAMPLES)

examples/%.o: examples/%.c examples/kp_bpf.h
	$(CLANG) -O2 -Wall -target bpf $(EXAMPLE_FLAGS) -c $< -o $@
examples/plain_tc_style.o: EXAMPLE_FLAGS = -I/usr/include/$(shell uname -m)-linux-gnu
examples/tc_shared_filter.o examples/exec_depth.o: EXAMPLE_FLAGS = -g

SCRIPTED = demo shell check check-matrix check-corpus fuzz coverage lint bench release check-release
$(SCRIPTED):
	scripts/$(subst -,_,$@).sh

clean:
	rm -rf load_kp_bpf examples/*.o build release

.PHONY: all install examples clean $(SCRIPTED)

# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#
# make            the static loader ./load_kp_bpf (CC=musl-gcc gives the smallest)
# make install    with its man page; DESTDIR, PREFIX
# make examples   examples/*.o, needs clang
# make demo       shows the main job, in a VM if this machine cannot; installs what it needs
# make check      every test; installs what it needs
# make shell      a VM to play in
# make fuzz       libFuzzer on the object parser and the text parsers, for FUZZ_SECONDS
# make lint       warnings of both compilers, analyzers, shellcheck

VERSION = 0.1
PREFIX  = /usr/local
CFLAGS  = -Os
LDFLAGS = -static -s
CLANG   = clang
FUZZ_SECONDS = 60

WARNINGS = -Wall -Wextra -Wshadow -Wmissing-prototypes -Wvla
DEFINES  = -std=gnu11 -D_GNU_SOURCE -D_FILE_OFFSET_BITS=64 -DVERSION='"$(VERSION)"'
# Only what is used stays in the binary, and its sections share pages.
SMALL    = -fno-pie -fno-asynchronous-unwind-tables -ffunction-sections -fdata-sections \
	   -Wl,--gc-sections -Wl,-z,norelro -Wl,-z,noseparate-code -Wl,--build-id=none

HEADERS  = text.h elf64.h object.h bpf_sys.h fs.h kernel.h symbols.h attach.h
EXAMPLES = $(patsubst %.c,%.o,$(wildcard examples/*.c))

all: load_kp_bpf

load_kp_bpf: loader.c $(HEADERS) Makefile
	$(CC) $(DEFINES) $(WARNINGS) $(CPPFLAGS) $(CFLAGS) $(SMALL) loader.c $(LDFLAGS) -o $@

install: load_kp_bpf
	install -D -m 755 load_kp_bpf $(DESTDIR)$(PREFIX)/sbin/load_kp_bpf
	install -D -m 644 load_kp_bpf.8 $(DESTDIR)$(PREFIX)/share/man/man8/load_kp_bpf.8

examples: $(EXAMPLES)

examples/%.o: examples/%.c examples/kp_bpf.h
	$(CLANG) -O2 -Wall -target bpf $(EXAMPLE_FLAGS) -c $< -o $@
examples/plain_tc_style.o: EXAMPLE_FLAGS = -I/usr/include/$(shell uname -m)-linux-gnu
examples/tc_shared_filter.o: EXAMPLE_FLAGS = -g

demo:
	scripts/demo.sh

shell:
	scripts/shell.sh

check:
	scripts/check.sh

fuzz:
	scripts/deps.sh fuzz
	scripts/fuzz.sh $(FUZZ_SECONDS)

lint:
	scripts/deps.sh build lint
	scripts/lint.sh

clean:
	rm -rf load_kp_bpf examples/*.o build

.PHONY: all install examples demo shell check fuzz lint clean

# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#
# What the kernel thought of all the cases before.

clean_log() {
    dmesg | grep -E 'BUG|WARNING|Oops|Call Trace|general protection|UBSAN|KASAN|refcount_t|hung task|segfault|trap invalid' >$RUN/log
    [ ! -s $RUN/log ] || { note "$(head -n 20 $RUN/log)"; fail "$(head -n 1 $RUN/log)"; }
}

check "the kernel's log is clean" clean_log

#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#
# prompt.sh: the interactive shell of a guest, on its console.
[ "${LINES:-0}" -eq 0 ] || stty rows "$LINES" cols "$COLUMNS"

cat <<END

$(uname -sr), $(nproc) CPU: root's shell in a bare initramfs. To try:

  load_kp_bpf /obj/test_prog.o sys_bpf &
  hit 1000; bpftool map dump name get_fd_by_id
  kill %1

Objects are in /obj; strace, bpftool and tc are here. 'exit' ends the machine.

END
cd /root || exit
PS1='guest# ' setsid cttyhack sh

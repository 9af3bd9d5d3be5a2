#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#
# session.sh FILE: run the file's commands in the folder it lies in, one by one,
# as a person would type them after the prompt "# ".
cd "${1%/*}" || exit
while read -r line <&3; do
    echo "# $line"
    eval "$line" 2>&1
    case $line in
    *'&') sleep 5 ;; # a person looks at what it says
    killall*) wait; sleep 2 ;; # (the kernel takes a moment to free what was closed)
    esac
done 3<"$1"

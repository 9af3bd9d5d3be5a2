#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#
# release.sh: cross-build the static loader for each machine of cross.sh into
# release/load_kp_bpf-MACHINE, with SHA256SUMS, and print a table of their sizes.
# The bytes depend on the sources, the compilers and the headers, and on nothing else:
# neither on the folder nor on the day.
set -eu
cd "${0%/*}/.."
# shellcheck source=scripts/debian.sh
. scripts/debian.sh
# shellcheck source=scripts/cross.sh
. scripts/cross.sh

scripts/deps.sh cross
rm -rf release
mkdir release
export LC_ALL=C

printf '%-8s %6s %6s\n' machine bytes gzip
for machine in $(cross_machines | cut -d ' ' -f 1); do
    file=release/load_kp_bpf-$machine
    cross_loader "$machine" "$file"
    printf '%-8s %6d %6d\n' "$machine" "$(wc -c <"$file")" "$(gzip -9 <"$file" | wc -c)"
done
cd release
sha256sum load_kp_bpf-* >SHA256SUMS

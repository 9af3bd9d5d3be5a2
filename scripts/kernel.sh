#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#
# kernel.sh SUITE [ARCH]: print the folder of Debian's kernel of that suite
# (bullseye, bookworm, trixie, ...), which holds boot/vmlinuz-* and its modules.
# Fetched once, then taken from build/cache with no network.
set -eu
# shellcheck source=scripts/debian.sh
. "${0%/*}/debian.sh"

suite=${1:?"usage: kernel.sh SUITE [ARCH]"}
arch=${2:-amd64}

# The metapackage that follows the suite's kernel, the smallest flavour it has.
case $arch in
amd64) flavour=cloud-amd64 ;;
*)
    debian_say "no kernel flavour is known for '$arch'"
    exit 2
    ;;
esac

# What the metapackage stood for is remembered, so that a second run needs no network.
name=$CACHE/$suite-$arch/kernel-$flavour
if [ -f "$name" ] && [ -d "$CACHE/$suite-$arch/$(cat "$name")" ]; then
    echo "$CACHE/$suite-$arch/$(cat "$name")"
    exit
fi
package=$(debian_resolve "$suite" "$arch" "linux-image-$flavour")
folder=$(debian_unpack "$suite" "$arch" "$package")
echo "$package" >"$name.$$"
mv "$name.$$" "$name"
echo "$folder"

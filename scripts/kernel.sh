#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#
# kernel.sh SUITE [ARCH [FLAVOUR]]: print the folder of Debian's kernel of that
# suite (bullseye, bookworm, trixie, ..., or newest: of those that follow the
# upstream kernel), which holds the image, vmlinuz* or vmlinux*, and its modules.
# Fetched once, then taken from build/cache with no network (but for newest).
set -eu
# shellcheck source=scripts/debian.sh
. "${0%/*}/debian.sh"

suite=${1:?"usage: kernel.sh SUITE [ARCH [FLAVOUR]]"}
arch=${2:-amd64}

# The smallest flavour that each machine has in every suite.
case $arch in
amd64) flavour=cloud-amd64 ;;
arm64) flavour=cloud-arm64 ;;
armhf) flavour=armmp ;;
ppc64el) flavour=powerpc64le ;;
riscv64) flavour=riscv64 ;;
s390x) flavour=s390x ;;
*)
    debian_say "no kernel flavour is known for '$arch'"
    exit 2
    ;;
esac
flavour=${3:-$flavour}

if [ "$suite" = newest ]; then
    newest=
    for suite in trixie-backports sid experimental; do
        # (A suite may have none just now.)
        package=$(debian_dependency $suite "$arch" "linux-image-$flavour" linux-image- 2>/dev/null) || continue
        if [ -z "$newest" ] ||
            dpkg --compare-versions "${package#linux-image-}" gt "${newest#*linux-image-}"; then
            newest="$suite $package"
        fi
    done
    [ -n "$newest" ] || { debian_say "no newer suite has a kernel for $arch"; exit 1; }
    exec "$0" "${newest%% *}" "$arch" "$flavour"
fi

# What the metapackage stood for is remembered, so that a second run needs no network.
name=$CACHE/$suite-$arch/kernel-$flavour
if [ -f "$name" ] && [ -d "$CACHE/$suite-$arch/$(cat "$name")" ]; then
    echo "$CACHE/$suite-$arch/$(cat "$name")"
    exit
fi
package=$(debian_dependency "$suite" "$arch" "linux-image-$flavour" linux-image-)
# Since 7.2 that is a metapackage too, of the image and its modules.
binary=$(debian_dependency "$suite" "$arch" "$package" linux-binary-) || binary=
if [ -n "$binary" ]; then
    modules=$(debian_unpack "$suite" "$arch" "linux-modules-${binary#linux-binary-}")
    package=$binary
fi
folder=$(debian_unpack "$suite" "$arch" "$package")
[ -z "$binary" ] || cp -al "$modules/." "$folder"
echo "$package" >"$name.$$"
mv "$name.$$" "$name"
echo "$folder"

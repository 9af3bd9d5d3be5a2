# shellcheck shell=sh
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#
# Sourced, not run. Gets files out of Debian packages of any suite and machine,
# without installing anything: from the mirror that apt is set up with, summed
# against the mirror's index, unpacked below $CACHE and kept there.
#
# Whatever appears in $CACHE under its final name is complete: each thing is
# made under a temporary name and moved.

CACHE=${CACHE:-${OUT:-build}/cache}

debian_say() {
    echo "${0##*/}: $*" >&2
}

debian_download() { # URL FILE
    # apt's own downloader: apt's proxies and certificates apply, and it is there
    # wherever apt is. Its sandbox user could not write into our folders.
    /usr/lib/apt/apt-helper -q -o APT::Sandbox::User=root -o Acquire::Retries=3 \
        download-file "$1" "$2" >/dev/null 2>&1
}

# The mirrors of this machine, even where 'apt-get update' never ran.
debian_sites() {
    # shellcheck disable=SC2016 # apt expands it
    apt-get indextargets --no-release-info --format '$(SITE)' \
        'Created-By: Packages' | awk '!seen[$0]++'
}

# Prints "SITE FILE": the mirror that has the suite, and its index, fetched anew
# when older than an hour.
debian_index() { # SUITE ARCH
    index=$CACHE/index/$1-$2.xz
    if [ -z "$(find "$index" -mmin -60 2>/dev/null)" ]; then
        mkdir -p "$CACHE/index"
        partial=$(mktemp "$index.XXXXXX")
        for site in $(debian_sites) ''; do
            [ -n "$site" ] || break
            ! debian_download "$site/dists/$1/main/binary-$2/Packages.xz" "$partial" || break
        done
        if [ -z "$site" ]; then
            rm -f "$partial"
            debian_say "none of apt's mirrors has $1 for $2"
            return 1
        fi
        echo "$site" >"$index.site"
        mv "$partial" "$index"
    fi
    echo "$(cat "$index.site") $index"
}

# Prints a line "VERSION FIELD..." for every version of the package in an index.
debian_versions() { # INDEX PACKAGE FIELD...
    index=$1 package=$2
    shift 2
    xz -dc "$index" | awk -v package="$package" -v fields="Version $*" '
        function flush(    line, i) {
            if (value["Package"] == package) {
                for (i = 1; i <= n; i++)
                    line = line value[name[i]] " "
                print line
            }
            split("", value)
        }
        BEGIN { n = split(fields, name, " ") }
        /^$/ { flush() }
        /^[A-Za-z]/ { colon = index($0, ": "); value[substr($0, 1, colon - 1)] = substr($0, colon + 2) }
        END { flush() }'
}

# The line of the newest version.
debian_newest() { # INDEX PACKAGE FIELD...
    debian_versions "$@" | {
        newest='' line=''
        while read -r version rest; do
            if [ -z "$newest" ] || dpkg --compare-versions "$version" gt "$newest"; then
                newest=$version line="$version $rest"
            fi
        done
        [ -n "$line" ] || { debian_say "no package '$2' in ${1##*/}"; return 1; }
        echo "$line"
    }
}

# Prints the first package of that beginning which a package depends on, if any.
debian_dependency() { # SUITE ARCH PACKAGE BEGINNING
    found=$(debian_index "$1" "$2") || return
    found=$(debian_newest "${found#* }" "$3" Depends) || return
    echo "${found#* }" | sed 's/[,|]/\n/g' | sed 's/^ *//; s/ .*//' | grep "^$4" | head -n 1
}

# Prints the folder that holds the package's files.
debian_unpack() { # SUITE ARCH PACKAGE
    folder=$CACHE/$1-$2/$3
    [ ! -d "$folder" ] || { echo "$folder"; return; }
    found=$(debian_index "$1" "$2") || return
    site=${found%% *}
    found=$(debian_newest "${found#* }" "$3" Filename SHA256) || return
    # shellcheck disable=SC2086 # three words: version, file, sum
    set -- "$1" "$2" "$3" $found
    debian_say "fetching ${5##*/}"
    mkdir -p "$CACHE/$1-$2"
    partial=$(mktemp -d "$CACHE/$1-$2/.partial.XXXXXX")
    if ! debian_download "$site/$5" "$partial/deb"; then
        debian_say "could not fetch $5"
    elif ! echo "$6  $partial/deb" | sha256sum -c --status; then
        debian_say "$5: the sum is not the one in the index"
    elif ! dpkg -x "$partial/deb" "$partial/files"; then
        debian_say "$5: dpkg could not unpack it"
    elif mv -T "$partial/files" "$folder" 2>/dev/null || [ -d "$folder" ]; then
        # (Another run may have been faster: its folder is as good.)
        rm -rf "$partial"
        echo "$folder"
        return
    fi
    rm -rf "$partial"
    return 1
}

# Prints the folder of a system that has Debian's newest libbpf, which knows more
# than that of this machine, and what a static program on it is linked with.
debian_libbpf() { # ARCH
    system=$CACHE/sid-$1/libbpf-system
    [ ! -d "$system" ] || { echo "$system"; return; }
    mkdir -p "$CACHE/sid-$1"
    collected=$(mktemp -d "$CACHE/sid-$1/.partial.XXXXXX")
    for wanted in libbpf-dev libelf-dev zlib1g-dev libzstd-dev libc6-dev linux-libc-dev; do
        unpacked=$(debian_unpack sid "$1" $wanted) || return
        cp -al "$unpacked/." "$collected" || return
    done
    mv -T "$collected" "$system" 2>/dev/null || [ -d "$system" ] || return
    rm -rf "$collected"
    echo "$system"
}

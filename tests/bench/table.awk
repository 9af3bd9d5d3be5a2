# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#
# Makes tables of the lines that scripts/bench.sh and tests/bench/guest.sh write.
# Ends with status 1 when the floor itself did not repeat within 3 %. The file
# named by the variable legend is printed below them.

$1 == "about" { libbpf = $2; kernel = $3; rounds = $4; probed = $5 }
$1 == "size" { bytes[$2] = $3; packed[$2] = $4 }
$1 == "calls" { calls[$2, $3] = $4; bpf_calls[$2, $3] = $5 }
$1 == "left" {
    left[$2, $3] = count_of($4, "event") count_of($5, "program") count_of($6, "pin")
    sub(/^, /, "", left[$2, $3])
}
$1 == "figure" {
    n = ++count[$2, $3, $4]
    for (i = 6; i <= NF; i++)
        value[$2, $3, $4, i - 5, n] = $i
}

BEGIN {
    # What measure.c prints, in its order.
    LIVE = 1; CPU = 4; FAULTS = 5; REST = 6; RSS = 7; PRIVATE = 8; EXIT = 9
    ONE = "1-0-1-1-1-0"
}

function count_of(number, noun) {
    return number == 0 ? "" : ", " number " " noun (number == 1 ? "" : "s")
}

# The values of one figure in order: sorted[1..n].
function sort(name, shape, way, field,    n, i, j, x) {
    n = count[name, shape, way]
    for (i = 1; i <= n; i++) {
        x = value[name, shape, way, field, i]
        for (j = i - 1; j >= 1 && sorted[j] + 0 > x + 0; j--)
            sorted[j + 1] = sorted[j]
        sorted[j + 1] = x
    }
    return n
}

function median(name, shape, way, field,    n) {
    n = sort(name, shape, way, field)
    return n % 2 || sorted[1] == "-" ? sorted[int((n + 1) / 2)] \
                                     : (sorted[n / 2] + sorted[n / 2 + 1]) / 2
}

# The time to live: how far the farthest round is from the median, in per cent.
function spread(name, way,    n, middle, above, below) {
    middle = median(name, ONE, way, LIVE)
    n = sort(name, ONE, way, LIVE)
    above = sorted[n] - middle
    below = middle - sorted[1]
    return 100 * (above > below ? above : below) / middle
}

function ms(us) {
    return us == "-" ? us : sprintf("%.2f", us / 1000)
}

function show_calls(name, way,    more) {
    if (!count[name, ONE, way])
        return "-"
    more = median(name, ONE, way, REST) - calls[name, way]
    return sprintf("%3d (%2d) %+3d", calls[name, way], bpf_calls[name, way], more)
}

function show_memory(name, way,    rss) {
    rss = count[name, ONE, way] ? median(name, ONE, way, RSS) : "-"
    return rss == "-" ? rss : sprintf("%d / %d", rss, median(name, ONE, way, PRIVATE))
}

function show_left(name, way) {
    if (!count[name, ONE, way])
        return "-"
    return left[name, way] ? left[name, way] : "nothing"
}

function table_costs(    format, i, name) {
    format = "%-23s %8s %8s  %-12s %-12s %11s %11s  %-16s %s\n"
    printf "\n%-23s %17s  %-25s %23s  %s\n", "", "bytes to copy  ", "calls to live (bpf)", \
           "kB resident / private", "left after SIGKILL"
    printf format, "", "plain", "gzip -9", "by perf", "by tracefs", "by perf", "by tracefs", \
           "by perf", "by tracefs"
    for (i = 1; i <= nr_names; i++) {
        name = names[i]
        printf format, label[name], bytes[name], packed[name], \
               show_calls(name, "perf"), show_calls(name, "tracefs"), \
               show_memory(name, "perf"), show_memory(name, "tracefs"), \
               show_left(name, "perf"), show_left(name, "tracefs")
    }
}

function show_times(name, way,    live) {
    if (!count[name, ONE, way])
        return ""
    live = median(name, ONE, way, LIVE)
    return sprintf("%7s %4.1f %7.3f %6s %6d %6s", ms(live), spread(name, way), \
                   live / median("floor", ONE, way, LIVE), ms(median(name, ONE, way, CPU)), \
                   median(name, ONE, way, FAULTS), ms(median(name, ONE, way, EXIT)))
}

function table_times(    head, i, name) {
    head = "ms live  +-% x floor CPU ms faults ms end"
    printf "\n%-23s %s   %s\n", "", "by perf " dashes(34), "by tracefs " dashes(31)
    printf "%-23s %s   %s\n", "", head, head
    for (i = 1; i <= nr_names; i++) {
        name = names[i]
        print sprintf("%-23s ", label[name]) show_times(name, "perf") "  " show_times(name, "tracefs")
    }
}

function dashes(n,    s) {
    while (n-- > 0)
        s = s "-"
    return s
}

# What one more of a shape's part costs, from one shape to another.
function slope(name, from, to, part, way, field,    a, b) {
    split(from, a, "-")
    split(to, b, "-")
    return (median(name, to, way, field) - median(name, from, way, field)) / (b[part] - a[part])
}

# The growth with one part of the shape: the time at each, and what one more costs
# at the last step and over all.
function table_growth(title, part, way, shapes,    i, k, n, shape, name, parts, whole) {
    n = split(shapes, shape, " ")
    if (!count["floor", shape[n], way])
        return
    printf "\n%-23s", title
    for (k = 1; k <= 4; k++) {
        split(shape[k], parts, "-")
        printf " %8s", k <= n ? parts[part] : ""
    }
    printf "   %8s %8s %7s  %14s %9s\n", "us, last", "us, all", "x floor", "kB resident", "ms end"
    for (i = 1; i <= nr_names; i++) {
        name = names[i]
        if (!count[name, shape[n], way])
            continue
        printf "%-23s", label[name]
        for (k = 1; k <= 4; k++)
            printf " %8s", k <= n ? ms(median(name, shape[k], way, LIVE)) : ""
        whole = slope(name, shape[1], shape[n], part, way, LIVE)
        printf "   %8.2f %8.2f %7.2f  %14s %9s\n", \
               slope(name, shape[n - 1], shape[n], part, way, LIVE), whole, \
               whole / slope("floor", shape[1], shape[n], part, way, LIVE), \
               sprintf("%d .. %d", median(name, shape[1], way, RSS), median(name, shape[n], way, RSS)), \
               ms(median(name, shape[n], way, EXIT))
    }
}

# What the kernel's BTF costs, which nobody reads for the plain object.
function table_relocations(shape,    i, name, plain, with) {
    if (!count["load_bare", shape, "perf"])
        return
    printf "\n%-23s %8s %8s %8s %23s\n", "300 relocations", "without", "with", "ms more", \
           "kB resident / private"
    for (i = 1; i <= nr_names; i++) {
        name = names[i]
        if (!count[name, shape, "perf"])
            continue
        plain = median(name, ONE, "perf", LIVE)
        with = median(name, shape, "perf", LIVE)
        printf "%-23s %8s %8s %8s %23s\n", label[name], ms(plain), ms(with), ms(with - plain), \
               sprintf("%d / %d", median(name, shape, "perf", RSS), median(name, shape, "perf", PRIVATE))
    }
}

END {
    nr_names = split("floor load_bare load_alias load_musl load_glibc libbpf bpftool", names, " ")
    sub(/^linux-image-/, "", kernel)
    sub(/^__[a-z0-9]*_/, "", probed)
    sub(/-.*/, "", libbpf)
    label["floor"] = "bare system calls"
    label["load_bare"] = "load_kp_bpf"
    label["load_musl"] = "  built with musl"
    label["load_alias"] = "  found as " probed
    label["load_glibc"] = "  built with glibc"
    label["libbpf"] = "libbpf " libbpf ", glibc"
    label["bpftool"] = "bpftool 7.5, glibc"

    print "Linux " kernel ", " rounds " rounds, medians; 1 ms is a million instructions of the guest"
    table_costs()
    table_times()
    if (count["floor", "1-0-100-1-1-0", "perf"])
        print "\nGrowth by perf: ms live, and what one more costs"
    table_growth("maps", 1, "perf", ONE " 10-0-1-1-1-0 100-0-1-1-1-0 1000-0-1-1-1-0")
    table_growth("instructions added", 2, "perf", ONE " 1-1000-1-1-1-0 1-100000-1-1-1-0")
    table_growth("loaders at once", 3, "perf", ONE " 1-0-10-1-1-0 1-0-100-1-1-0")
    table_growth("programs", 4, "perf", ONE " 1-0-1-100-1-0 1-0-1-1000-1-0")
    table_growth("functions, event each", 5, "each", ONE " 1-0-1-1-100-0 1-0-1-1-1000-0")
    table_growth("functions, one link", 5, "multi", ONE " 1-0-1-1-100-0 1-0-1-1-1000-0")
    table_relocations("1-0-1-1-1-300")

    while ((getline line < legend) > 0)
        print line
    if (spread("floor", "perf") > 3 || spread("floor", "tracefs") > 3) {
        print "\nINVALID: the rounds of the bare system calls are more than 3 % apart"
        exit 1
    }
}

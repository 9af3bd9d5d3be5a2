# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#
# table.awk REFERENCE OURS: compare the records of libbpf with ours (guest.sh says
# what they look like) on one kernel. Prints a line for each disagreement, and
# appends a row to the file `rows`. The status says whether none counts against us.
# Variables: kernel, and the files objects, others, exceptions and rows.
#
# The file of exceptions has lines "OBJECT KERNEL PROGRAM REASON", the first three
# regular expressions of the whole word; PROGRAM is - for the object as such.
BEGIN {
    FS = "\t"
    while ((getline <objects) > 0)
        order[++nr_objects] = $1
    while ((getline <others) > 0)
        other[$1] = 1
    while ((getline line <exceptions) > 0) {
        if (line ~ /^(#|$)/)
            continue
        split(line, word, " ")
        nr_exceptions++
        for (i = 1; i <= 3; i++)
            exception[nr_exceptions, i] = "^(" word[i] ")$"
        sub(/^[^ ]+ +[^ ]+ +[^ ]+ +/, "", line)
        because[nr_exceptions] = line
    }
}

$3 == "done" { done[$1, $2] = 1; next }
$4 == "loaded" || $4 == "refused" {
    loaded[$1, $2] = $4 == "loaded"
    status[$2] = $1 == "ours" ? $5 : status[$2]
    why[$1, $2] = $6
}
$4 == "attached" { attached[$1, $2, $3] = 1 }
$4 == "attached" || $4 == "idle" || $4 == "failed" {
    if (!(($2, $3) in known)) {
        known[$2, $3] = 1
        programs[$2] = programs[$2] " " $3
    }
    if ($1 == "libbpf" && $4 != "attached")
        program_why[$2, $3] = $4 == "idle" ? "its section '" $5 "' says no place" : $6
}
$4 == "left" { gsub(/[0-9]+/, "N", $5); left[$1, $2] = $5 }
$4 == "timeout" || $4 == "died" { stopped[$1, $2] = $4 " " $5 }

function text_or(text, otherwise) {
    return text != "" ? text : otherwise
}

# Says how the two differ, and whether that counts.
function disagree(object, program, counts, text,    i) {
    subject = object (program != "-" ? ": " program : "")
    for (i = 1; counts && i <= nr_exceptions; i++) {
        if (object ~ exception[i, 1] && kernel ~ exception[i, 2] && program ~ exception[i, 3]) {
            print "excepted - " subject ": " because[i]
            nr_excepted++
            return
        }
    }
    print (counts ? "not ok - " : "better - ") subject ": " text
    nr_bad += counts
}

function compare_programs(object,    i, n, name, theirs, our) {
    n = split(programs[object], name, " ")
    for (i = 1; i <= n; i++) {
        theirs = ("libbpf", object, name[i]) in attached
        our = ("ours", object, name[i]) in attached
        nr_theirs += theirs
        nr_ours += our
        nr_both += theirs && our
        # What is not even loaded has been told.
        if (theirs && !our && loaded["ours", object])
            disagree(object, name[i], 1, "libbpf attaches it, we do not: " \
                text_or(why["ours", object], "no reason given"))
        else if (our && !theirs && loaded["libbpf", object])
            disagree(object, name[i], 0, "we attach it, libbpf does not: " \
                program_why[object, name[i]])
    }
}

function compare(object) {
    # (The emulator's slowness stops both, at the largest for the verifier.)
    if (("ours", object) in stopped && !(("libbpf", object) in stopped))
        disagree(object, "-", 1, "we had to be stopped: " stopped["ours", object])
    if (loaded["libbpf", object] && !loaded["ours", object])
        disagree(object, "-", 1, "libbpf loads it, we do not: " why["ours", object])
    else if (!loaded["libbpf", object] && loaded["ours", object])
        disagree(object, "-", 0, "we load it, libbpf does not: " \
            text_or(why["libbpf", object], stopped["libbpf", object]))
    objects_theirs += loaded["libbpf", object]
    objects_ours += loaded["ours", object]
    objects_both += loaded["libbpf", object] && loaded["ours", object]
    compare_programs(object)
}

# (Pins that the object asks for, libbpf leaves too.)
function check_left(object) {
    if (left["ours", object] != "" && left["ours", object] != left["libbpf", object])
        disagree(object, "-", 1, "left behind: " left["ours", object])
}

# An object that is not for tracing is refused as such, with a name in the message.
function check_other(object) {
    nr_others++
    if (loaded["ours", object])
        disagree(object, "-", 1, "not for tracing, yet it was loaded")
    else if (status[object] != 3)
        disagree(object, "-", 1, "refused with status " status[object] ": " why["ours", object])
    else if (why["ours", object] !~ /'/)
        disagree(object, "-", 1, "refused without a name: " why["ours", object])
    else
        nr_named++
}

END {
    print "== " kernel
    for (i = 1; i <= nr_objects; i++) {
        if (!(("libbpf", order[i]) in done)) {
            disagree(order[i], "-", 1, "was not tried")
            continue
        }
        if (libbpf_only) {
            objects_theirs += loaded["libbpf", order[i]]
            n = split(programs[order[i]], name, " ")
            for (j = 1; j <= n; j++)
                nr_theirs += (("libbpf", order[i], name[j]) in attached)
            continue
        }
        compare(order[i])
        check_left(order[i])
    }
    for (object in other) {
        if (("ours", object) in done) {
            check_other(object)
            check_left(object)
        }
    }
    printf "%s\t%d\t%d\t%d\t%d\t%d\t%d\t%d\t%d/%d\t%d\t%d\n", kernel, nr_objects, objects_theirs, \
        objects_ours, objects_both, nr_theirs, nr_ours, nr_both, nr_named, nr_others, \
        nr_excepted, nr_bad >>rows
    exit nr_bad > 0
}

# shellcheck shell=bash
# Processes by their pid files, read from /proc: a pid counts only while it really is the program that it was.

# The number in a pid file; fails when there is none.
pid_in() {
    local pid=""
    [[ -r $1 ]] && read -r pid <"$1"
    [[ $pid =~ ^[1-9][0-9]*$ ]] && printf '%s\n' "$pid"
}

# Whether process $1 lives (is no zombie) and its command line holds every further argument.
is_running() {
    local pid=$1 line word
    shift
    { read -r line <"/proc/$pid/stat"; } 2>/dev/null || return 1
    [[ ${line##*) } != Z* ]] || return 1
    (($#)) || return 0
    { line=$(tr '\0' ' ' <"/proc/$pid/cmdline"); } 2>/dev/null || return 1
    for word in "$@"; do
        [[ $line == *"$word"* ]] || return 1
    done
}

# Fields 4 (parent) and 6 (session) of every process, as "pid parent session".
process_table() {
    local file line fields
    for file in /proc/[0-9]*/stat; do
        # The name in parentheses may hold anything, so fields are counted from the last one.
        { read -r line <"$file"; } 2>/dev/null || continue
        read -ra fields <<<"${line##*) }"
        printf '%s %s %s\n' "${line%% *}" "${fields[1]}" "${fields[3]}"
    done
}

children_of() {
    process_table | awk -v parent="$1" '$2 == parent { print $1 }'
}

# Every process whose session was begun by $1 and whose command line holds $2.
session_of() {
    local pid
    for pid in $(process_table | awk -v session="$1" '$3 == session { print $1 }'); do
        if is_running "$pid" "$2"; then printf '%s\n' "$pid"; fi
    done
}

# Repeats a command until it succeeds; fails after $1 seconds.
wait_until() {
    local end=$((SECONDS + $1))
    shift
    until "$@"; do
        ((SECONDS < end)) || return 1
        sleep 0.05
    done
}

is_gone() {
    ! is_running "$1"
}

none_left() {
    [[ -z $(session_of "$1" "$2") ]]
}

# Sends a signal to what is left of a session, and SIGKILL if that is not obeyed within $4 seconds.
stop_session() {
    local leader=$1 word=$2 signal=$3 seconds=$4
    # A process may end between the look and the signal.
    session_of "$leader" "$word" | xargs -r kill "-$signal" 2>/dev/null || true
    # With its number: in a trap a bare `return` returns what came before the trap.
    wait_until "$seconds" none_left "$leader" "$word" && return 0
    session_of "$leader" "$word" | xargs -r kill -KILL 2>/dev/null || true
    wait_until 5 none_left "$leader" "$word"
}

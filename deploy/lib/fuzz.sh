# shellcheck shell=bash
# Arbitrary bytes for what reads bytes from outside, by libFuzzer: a trap, a wrong answer or an input that takes a second
# fails, and the input stays in .build/fuzzing/NAME as crash-… or timeout-….

fuzz_folder=$repository/.build/fuzzing
fuzz_seconds_per_input=1
fuzz_megabytes=2048

# Each program with the number of inputs of a bounded run, and their most bytes: about two minutes on two cores.
fuzz_programs=(
    "FuzzConfiguration 12000 4096"
    "FuzzEntries 60000 1024"
    "FuzzHeaders 40000 512"
    "FuzzLanguage 150000 4096"
    "FuzzMessages 250000 1024"
    "FuzzPictures 200000 1024"
    "FuzzRegions 60000 2048"
    "FuzzSVG 60000 4096"
)

# The bounded runs of the tests: always from the same inputs, with another seed each time.
fuzz_all() {
    local line failed=0
    build_fuzzers || return 1
    for line in "${fuzz_programs[@]}"; do
        # shellcheck disable=SC2086 # three words
        fuzz_bounded $line || failed=1
    done
    return "$failed"
}

# The line of a program, by its name with or without "Fuzz" in front.
fuzz_program() {
    local line
    for line in "${fuzz_programs[@]}"; do
        if [[ ${line%% *} == "$1" || ${line%% *} == "Fuzz$1" ]]; then printf '%s\n' "$line" && return; fi
    done
    return 1
}

build_fuzzers() {
    local log=$fuzz_folder/build.log
    mkdir -p "$fuzz_folder"
    say "building: the fuzzers"
    if ! swift build --package-path "$repository/Tests/Fuzzing" --scratch-path "$fuzz_folder/build" -c release \
        --sanitize fuzzer --sanitize address >"$log" 2>&1; then
        tail -n 40 "$log" >&2
        return 1
    fi
}

# Throws so many inputs of at most so many bytes at a program.
fuzz_bounded() {
    local name=$1 runs=$2 bytes=$3 folder=$fuzz_folder/$1
    rm -rf "$folder"
    fuzz_prepare "$name" "$folder" "$bytes" || return 1
    if ! run_fuzzer "$name" "$folder" -runs="$runs" -max_len="$bytes" "$folder/inputs" >"$folder/log" 2>&1; then
        printf '%s:\n' "$name" >&2
        grep -v '^#' "$folder/log" | tail -n 40 >&2
        return 1
    fi
}

# Runs a program for so many seconds. What it finds new is kept in NAME/inputs for the next time.
fuzz_long() {
    local name=$1 bytes=$3 seconds=$4 folder=$fuzz_folder/$1 before
    fuzz_prepare "$name" "$folder" "$bytes" || return 1
    before=$(find "$folder/inputs" -type f | wc -l)
    if ! run_fuzzer "$name" "$folder" -max_total_time="$seconds" -max_len="$bytes" -print_final_stats=1 \
        "$folder/inputs" >"$folder/log" 2>&1; then
        grep -v '^#' "$folder/log" | tail -n 40 >&2
        say "$name: failed; the input is kept in $folder"
        return 1
    fi
    say "$name: $(sed -n 's/^stat::number_of_executed_units: *//p' "$folder/log") inputs, none failed;" \
        "$(($(find "$folder/inputs" -type f | wc -l) - before)) new ones are kept"
}

# The dictionary and the first inputs, beside those that are there.
fuzz_prepare() {
    local name=$1 folder=$2 bytes=$3
    mkdir -p "$folder/inputs"
    "$fuzz_folder/build/release/$name" prepare "$folder" || return 1
    case $name in
        FuzzConfiguration) cp "$repository/deploy/apus.yaml" "$folder/inputs/sample.yaml" ;;
        FuzzSVG) cp "$repository/deploy/samples/swift.svg" "$folder/inputs/" ;;
        FuzzPictures)
            local file
            for file in "$repository"/deploy/samples/*.{jpg,png,gif}; do
                head -c "$bytes" "$file" >"$folder/inputs/${file##*/}"
            done
            ;;
    esac
}

# Swift's own backtraces hang under the address sanitizer.
run_fuzzer() {
    local name=$1 folder=$2
    shift 2
    SWIFT_BACKTRACE=enable=no "$fuzz_folder/build/release/$name" -dict="$folder/dictionary" \
        -timeout="$fuzz_seconds_per_input" -rss_limit_mb="$fuzz_megabytes" -detect_leaks=0 \
        -artifact_prefix="$folder/" "$@"
}

# shellcheck shell=bash
# Arbitrary bytes for what reads bytes from outside, by libFuzzer: a trap, a wrong answer or an input that takes a second
# fails, and the input stays in .build/fuzzing/NAME as crash-… or timeout-….

fuzz_folder=$repository/.build/fuzzing
fuzz_seconds_per_input=1
fuzz_megabytes=2048

# Each program with the number of inputs and their most bytes: about a minute on two cores.
fuzz_all() {
    build_fuzzers && fuzz FuzzLanguage 200000 4096 && fuzz FuzzMessages 300000 1024
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

# Throws so many inputs of at most so many bytes at a program. Every run starts with the same inputs and another seed.
fuzz() {
    local program=$fuzz_folder/build/release/$1 folder=$fuzz_folder/$1 runs=$2 bytes=$3
    rm -rf "$folder"
    mkdir -p "$folder/inputs"
    "$program" prepare "$folder" || return 1
    # Swift's own backtraces hang under the address sanitizer.
    if ! SWIFT_BACKTRACE=enable=no "$program" -dict="$folder/dictionary" -runs="$runs" -max_len="$bytes" \
        -timeout="$fuzz_seconds_per_input" -rss_limit_mb="$fuzz_megabytes" -detect_leaks=0 \
        -artifact_prefix="$folder/" "$folder/inputs" >"$folder/log" 2>&1; then
        grep -v '^#' "$folder/log" | tail -n 40 >&2
        return 1
    fi
}

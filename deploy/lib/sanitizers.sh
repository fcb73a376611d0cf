# shellcheck shell=bash
# The unit tests once more, with the compiler's sanitizers: reads and writes outside of memory (address), and memory that
# threads share without agreeing on it (thread). Each has a build of its own, .build/address and .build/thread.
#
# The C libraries are Debian's, without instruments. Under the address sanitizer their calls of malloc, memcpy and the like
# are watched all the same. Under the thread sanitizer nothing is seen of what happens inside of them, so that whatever
# libvips' own threads hand over would be reported; its tests stay out.

# Test targets of what has threads in it and no libvips.
thread_tests='^(CDNPurging|Caching|Deadlines|FastCGI|JSONReading|Memory|Metrics|Origins|Processes|Purging|Redis|Regions|RenderJobs|S3|Storage|Transfer)Tests\.'
# Much of the same by Swift code that is not optimised, pictures and 12,000 purges: a quarter of an hour each.
slow_tests='^(PurgingTests\.FloodTests|RenderingTests\.EffectRobustnessTests)'

# Leaks: what lives as long as the process is one to the sanitizer.
address_options=detect_leaks=0:exitcode=66:allocator_may_return_null=1
# Thread leaks: a thread that waits for a CDN is not waited for. die_after_fork: tests start servers.
thread_options=report_thread_leaks=0:exitcode=66:halt_on_error=0:die_after_fork=0:second_deadlock_stack=1

# After build_tests. Both of them, whatever becomes of the first.
run_sanitizers() {
    local failed=0
    check_sanitizer address --skip "$slow_tests" || failed=1
    check_sanitizer thread --filter "$thread_tests" --skip "$slow_tests" || failed=1
    return "$failed"
}

# check_sanitizer NAME OPTION…: builds and runs the tests that the options of `swift test` leave.
check_sanitizer() {
    local name=$1 folder=$repository/.build/$1 log=$repository/.build/$1.log
    shift
    say "building: the tests with the $name sanitizer"
    if ! swift build --package-path "$repository" --scratch-path "$folder" --build-tests --sanitize "$name" \
        >"$log" 2>&1; then
        tail -n 40 "$log" >&2
        return 1
    fi
    use_plain_programs "$folder/debug"
    say "running: the tests with the $name sanitizer ($log)"
    # Swift's own backtraces hang under the sanitizers. A report counts even where the test that caused it passes.
    if ! SWIFT_BACKTRACE=enable=no ASAN_OPTIONS=$address_options TSAN_OPTIONS=$thread_options \
        swift test --package-path "$repository" --scratch-path "$folder" --sanitize "$name" --skip-build "$@" \
        >"$log" 2>&1 || grep -q '^SUMMARY: .*Sanitizer' "$log"; then
        grep -E -A 30 'ERROR: AddressSanitizer|WARNING: ThreadSanitizer' "$log" | head -n 200 >&2
        grep -E '^(✘ .* failed after |.*: error: |SUMMARY: )' "$log" | cut -c 1-300 | sort | uniq -c | head -n 100 >&2
        return 1
    fi
}

# What locks itself down has no room for a sanitizer's runtime: tests start the programs of the ordinary build.
use_plain_programs() {
    local program
    for program in apus-render lockdown-probe; do
        cp --remove-destination "$repository/.build/debug/$program" "$1/$program"
    done
}

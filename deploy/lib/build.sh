# shellcheck shell=bash
# The builds: the program as a release that needs no toolchain beside it, the tests in debug. Each is skipped when nothing
# changed since the last one.

build_log=$repository/.build/deploy-build.log
program_stamp=$repository/.build/deploy-program.stamp
tests_stamp=$repository/.build/deploy-tests.stamp

build_program() {
    locked_build "$program_stamp" Sources -c release --static-swift-stdlib
}

build_tests() {
    locked_build "$tests_stamp" "Sources Tests" --build-tests --explicit-target-dependency-import-check error
}

# Several scripts may want to build at once: the others wait, then find it done.
locked_build() {
    command -v swift >/dev/null || fail "no Swift toolchain: install Swift 6.3 (https://swift.org/install) and put it on PATH"
    mkdir -p "$repository/.build"
    (
        flock 8
        is_built "$1" "$2" || run_build "$@"
    ) 8>"$repository/.build/deploy-build.lock" || fail "the build failed; all of it: $build_log"
}

# Whether nothing in the package's description or the named folders is newer than the stamp.
is_built() {
    local stamp=$1 folders=$2
    [[ -x $program && -x $program-render && -f $stamp && $(<"$stamp") == $(toolchain) ]] || return 1
    # shellcheck disable=SC2086 # a list of plain names
    [[ -z $(cd "$repository" && find Package.swift $folders -not -name '*.py*' -newer "$stamp" -print -quit) ]]
}

run_build() {
    local stamp=$1
    shift 2
    say "building (a few minutes the first time; $build_log)"
    # Begun before the build, so that a file saved meanwhile is noticed next time.
    toolchain >"$stamp.new"
    # The package manager leaves folders behind where it has its temporary ones.
    mkdir -p "$repository/.build/temporary"
    if ! TMPDIR=$repository/.build/temporary swift build --package-path "$repository" "$@" >"$build_log" 2>&1; then
        tail -n 40 "$build_log" >&2
        return 1
    fi
    mv "$stamp.new" "$stamp"
}

toolchain() {
    readlink -f "$(command -v swift)"
}

# shellcheck shell=bash
# The repository's own Python environments, each made anew when what it shall hold changes.

# That of the tests and benchmarks.
prepare_python() {
    python_in "$repository/.build/venv" "$repository/Tests/EndToEnd/requirements.txt"
}

# Makes the environment $1 hold what the file $2 names, and sets `python`.
python_in() {
    local environment=$1 wanted=$2
    python=$environment/bin/python
    if cmp -s "$wanted" "$environment/requirements.txt"; then return; fi
    say "preparing Python packages"
    rm -rf "$environment"
    python3 -m venv "$environment"
    "$python" -m pip install --quiet --disable-pip-version-check --requirement "$wanted"
    cp "$wanted" "$environment/requirements.txt"
}

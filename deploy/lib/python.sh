# shellcheck shell=bash
# The Python environment of tests and benchmarks: the repository's own, made anew when what it shall hold changes.

prepare_python() {
    local environment=$repository/.build/venv wanted=$repository/Tests/EndToEnd/requirements.txt
    python=$environment/bin/python
    if cmp -s "$wanted" "$environment/requirements.txt"; then return; fi
    say "preparing Python packages"
    rm -rf "$environment"
    python3 -m venv "$environment"
    "$python" -m pip install --quiet --disable-pip-version-check --requirement "$wanted"
    cp "$wanted" "$environment/requirements.txt"
}

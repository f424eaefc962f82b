#!/usr/bin/env bash
# Installing mim hides a project's tests from the processes that they start.
#
# Versions: model-index 0.1.11 (every install of openmim 0.3.9 brings it), pytest 9.0.3, Python 3.10
# to 3.13.
#
# One would expect a package that reads a list of models to leave alone what has nothing to do with
# it. The wheel of model-index holds its own test suite as a package `tests`, beside `modelindex`,
# and pip puts it into site-packages. A folder `tests` without an __init__.py, which pytest's
# --import-mode=importlib can do without, is a namespace package, and Python prefers any regular
# package of that name, however late in sys.path. pytest itself finds its files by their
# paths and goes on. But a function of a test module that is handed to a process (multiprocessing's
# "spawn" and "forkserver", torch.multiprocessing.spawn, workers of a DataLoader) is looked up by its
# module's name, tests.something, and that is no longer there: tests of several ranks or workers
# fail, only where mim is installed, with a traceback that names neither mim nor model-index.
#
# Seen (the script fails where it sees something else):
#   without model-index: 1 passed
#   with model-index:    ModuleNotFoundError: No module named 'tests.test_ranks'
#   with it, and an empty tests/__init__.py: 1 passed
#
# So our tests are a package.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
pip=("$folder/venv/bin/pip" --quiet --disable-pip-version-check install)
"${pip[@]}" pytest==9.0.3
mkdir -p "$folder/project/tests"
cat >"$folder/project/tests/test_ranks.py" <<'PYTHON'
import multiprocessing


def rank():
    pass


def test_a_rank_ends_well():
    process = multiprocessing.get_context('spawn').Process(target=rank)
    process.start()
    process.join()
    assert process.exitcode == 0
PYTHON
cd "$folder/project"
run() {
    PYTHONPATH=$PWD "$folder/venv/bin/python" -m pytest -q --rootdir . --import-mode=importlib tests >"$folder/log" 2>&1 ||
        true
    grep -oE "ModuleNotFoundError: .*|1 passed" "$folder/log" | head -1
}
first=$(run)
"${pip[@]}" --no-deps model-index==0.1.11
second=$(run)
touch tests/__init__.py
third=$(run)
echo "without model-index: $first"
echo "with model-index:    $second"
echo "with it, and an empty tests/__init__.py: $third"
if [ "$first" != "1 passed" ] || [ "$third" != "1 passed" ] ||
    [ "$second" != "ModuleNotFoundError: No module named 'tests.test_ranks'" ]; then
    echo "the behaviour has changed" >&2
    exit 1
fi

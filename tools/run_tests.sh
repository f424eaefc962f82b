#!/usr/bin/env bash
# Sets up and runs the tests.
# Usage: bash tools/run_tests.sh [arguments of pytest], such as -m "not slow"
#        bash tools/run_tests.sh --faults [options]: a campaign of faults instead, docs/faults.md
# Two processes share them, unless files or folders are named; -n 4 asks for more, -n 0 for one.
set -euo pipefail
cd "$(dirname "$0")/.."
source tools/setup_env.sh test
# Small tensors: threads would wait for each other more than they compute.
export OMP_NUM_THREADS=${OMP_NUM_THREADS:-1}
if [ "${1:-}" = --faults ]; then
    exec python tests/faults/campaign.py "${@:2}"
fi
ruff check .
ruff format --check .
# Which types are right depends on what the packages of constraints.txt say of theirs.
if [ "$CONSTRAINTS" = constraints.txt ]; then mypy; fi
processes=2
for argument in "$@"; do
    if [ -e "${argument%%::*}" ]; then processes=0; fi
done
exec python -m pytest -n "$processes" "$@"

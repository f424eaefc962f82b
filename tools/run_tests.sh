#!/usr/bin/env bash
# Sets up and runs the tests.
# Usage: bash tools/run_tests.sh [arguments of pytest], such as -m "not slow"
#        bash tools/run_tests.sh --faults [options]: a campaign of faults instead, docs/faults.md
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
mypy
exec python -m pytest "$@"

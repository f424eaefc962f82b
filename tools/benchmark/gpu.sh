#!/usr/bin/env bash
# Checks and measures on one GPU what a machine without one cannot, in ten minutes, offline.
# Usage: bash tools/benchmark/gpu.sh OUT [--dry-run] [--only PART...]
# Writes OUT/gpu.md and OUT/gpu.json. Takes PYTHON, else .venv where it is, else python3.
set -euo pipefail
if [ $# -eq 0 ] || [[ $1 == -* ]]; then
    sed -n '2,4s/^# //p' "$0" >&2
    exit 2
fi
root=$(cd "$(dirname "$0")/../.." && pwd)
if [ -z "${PYTHON:-}${VIRTUAL_ENV:-}${CONDA_PREFIX:-}" ] && [ -x "$root/.venv/bin/python" ]; then
    PYTHON=$root/.venv/bin/python
fi
export PYTHONPATH="$root${PYTHONPATH:+:$PYTHONPATH}"
exec "${PYTHON:-python3}" "$root/tools/benchmark/gpu.py" --out "$@"

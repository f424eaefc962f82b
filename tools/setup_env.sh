#!/usr/bin/env bash
# Sourced by quickstart.sh and run_tests.sh: an environment with the versions of constraints.txt.
# Usage: source tools/setup_env.sh EXTRAS     (from the repository's root; EXTRAS such as "test")
#
# Uses the active virtual environment (venv or conda) if there is one, else makes .venv. What has
# been installed is remembered, so that a second run starts at once.

PYTHON=${PYTHON:-python3}
if [ -z "${VIRTUAL_ENV:-}" ] && [ -z "${CONDA_PREFIX:-}" ]; then
    if [ ! -x .venv/bin/python ]; then
        if ! "$PYTHON" -c 'import sys; sys.exit(not (3, 10) <= sys.version_info[:2] <= (3, 12))'; then
            echo "$("$PYTHON" --version) cannot run mmdebias: it needs Python 3.10, 3.11 or 3.12." >&2
            echo "Name one: PYTHON=python3.11 bash $0" >&2
            exit 1
        fi
        echo "Making a virtual environment in .venv"
        "$PYTHON" -m venv .venv
    fi
    # shellcheck disable=SC1091
    source .venv/bin/activate
fi

stamp_file=$(python -c 'import sys; print(sys.prefix)')/.mmdebias-installed
stamp="$PWD $1 $(cat constraints.txt setup.py | cksum)"
if ! grep -qxF "$stamp" "$stamp_file" 2>/dev/null; then
    echo "Installing the versions of constraints.txt (a few minutes the first time)"
    pip="python -m pip --disable-pip-version-check"
    $pip install --quiet --constraint constraints.txt setuptools wheel torch
    # Full mmcv serves as well, and the lite one must never be laid over it: both are the folder mmcv.
    if ! python -c 'from importlib.metadata import version; version("mmcv")' 2>/dev/null; then
        $pip install --quiet --constraint constraints.txt mmcv-lite
    fi
    # MMAction2 asks for one OpenCV wheel and MMEngine for another; they must agree.
    $pip install --quiet --constraint constraints.txt opencv-python opencv-contrib-python
    $pip install --quiet --constraint constraints.txt --no-build-isolation --editable ".[$1]"
    echo "$stamp" >>"$stamp_file"
fi

#!/usr/bin/env bash
# Sourced by quickstart.sh and run_tests.sh: an environment with the versions of constraints.txt.
# Usage: source tools/setup_env.sh EXTRAS     (from the repository's root; EXTRAS such as "test")
#
# Uses the active virtual environment (venv or conda) if there is one, else makes .venv. What has
# been installed is remembered, so that a second run starts at once.
# CONSTRAINTS=constraints-newest.txt takes other versions, in a .venv-newest of their own.

CONSTRAINTS=${CONSTRAINTS:-constraints.txt}
PYTHON=${PYTHON:-python3}
if [ ! -f "$CONSTRAINTS" ]; then
    echo "CONSTRAINTS=$CONSTRAINTS is no file: it is one of" constraints*.txt >&2
    exit 1
fi
if [ -z "${VIRTUAL_ENV:-}" ] && [ -z "${CONDA_PREFIX:-}" ]; then
    environment=$(basename "$CONSTRAINTS" .txt)
    environment=.venv${environment#constraints}
    if [ ! -x "$environment/bin/python" ]; then
        if ! "$PYTHON" -c 'import sys; sys.exit(not (3, 10) <= sys.version_info[:2] <= (3, 14))'; then
            echo "$("$PYTHON" --version) cannot run mmdebias: it needs Python 3.10 to 3.14." >&2
            echo "Name one: PYTHON=python3.11 bash $0" >&2
            exit 1
        fi
        echo "Making a virtual environment in $environment"
        "$PYTHON" -m venv "$environment"
    fi
    # shellcheck disable=SC1090,SC1091
    source "$environment/bin/activate"
fi

stamp_file=$(python -c 'import sys; print(sys.prefix)')/.mmdebias-installed
stamp="$PWD $1 $(cat "$CONSTRAINTS" setup.py | cksum)"
if ! grep -qxF "$stamp" "$stamp_file" 2>/dev/null; then
    echo "Installing the versions of $CONSTRAINTS (a few minutes the first time)"
    pip="python -m pip --disable-pip-version-check"
    $pip install --quiet --constraint "$CONSTRAINTS" setuptools wheel torch
    # Full mmcv serves as well, and the lite one must never be laid over it: both are the folder mmcv.
    if ! python -c 'from importlib.metadata import version; version("mmcv")' 2>/dev/null; then
        $pip install --quiet --constraint "$CONSTRAINTS" mmcv-lite
    fi
    # MMAction2 asks for one OpenCV wheel and MMEngine for another; they must agree.
    $pip install --quiet --constraint "$CONSTRAINTS" opencv-python opencv-contrib-python
    $pip install --quiet --constraint "$CONSTRAINTS" --no-build-isolation --editable ".[$1]"
    if [ "$1" = test ]; then
        # Not with all that it asks for: opendatalab wants setuptools 60 and an old requests.
        $pip install --quiet --constraint "$CONSTRAINTS" --no-deps openmim model-index
    fi
    echo "$stamp" >>"$stamp_file"
fi

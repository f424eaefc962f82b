#!/usr/bin/env bash
# Sourced by quickstart.sh and run_tests.sh: an environment with the versions of constraints.txt.
# Usage: source tools/setup_env.sh EXTRAS     (from the repository's root; EXTRAS such as "test")
#
# Uses the active virtual environment (venv or conda) if there is one, else makes .venv. What has
# been installed is remembered, so that a second run starts at once.
# CONSTRAINTS=constraints-newest.txt takes other versions, in a .venv-newest of their own.

CONSTRAINTS=${CONSTRAINTS:-constraints.txt}
PYTHON=${PYTHON:-python3}
stop() {
    echo "$@" >&2
    exit 1
}
[ -f setup.py ] || stop "$0 belongs to a clone of mmdebias: $PWD has no setup.py"
if [ ! -f "$CONSTRAINTS" ]; then
    stop "CONSTRAINTS=$CONSTRAINTS is no file: it is one of" constraints*.txt
fi
mmdebias_runs='import sys; sys.exit(not (3, 10) <= sys.version_info[:2] <= (3, 14))'

environment=${VIRTUAL_ENV:-${CONDA_PREFIX:-}}
if [ -n "$environment" ]; then
    mend="deactivate it (unset VIRTUAL_ENV CONDA_PREFIX), or activate another"
else
    environment=$(basename "$CONSTRAINTS" .txt)
    environment=$PWD/.venv${environment#constraints}
    mend="delete it, and it is made anew: rm -r '$environment'"
    if [ ! -e "$environment" ]; then
        command -v "$PYTHON" >/dev/null || stop "There is no $PYTHON. Name one: PYTHON=python3.11 bash $0"
        "$PYTHON" -c "$mmdebias_runs" ||
            stop "$("$PYTHON" --version) cannot run mmdebias: it needs Python 3.10 to 3.14." \
                "Name one: PYTHON=python3.11 bash $0"
        echo "Making a virtual environment in $environment"
        "$PYTHON" -m venv "$environment"
    fi
    # shellcheck disable=SC1091
    [ ! -f "$environment/bin/activate" ] || source "$environment/bin/activate"
fi

# A folder that was moved or deleted, or made in part, would have another Python changed in its place.
is_its_own='import os, sys; sys.exit(not os.path.samefile(sys.prefix, sys.argv[1]))'
python -c "$is_its_own" "$environment" 2>/dev/null ||
    stop "The environment $environment is not whole, or has been moved: python is $(command -v python)." \
        "Please $mend"
python -c "$mmdebias_runs" ||
    stop "$(python --version) of $environment cannot run mmdebias: it needs Python 3.10 to 3.14. Please $mend"
python -c 'import pip' 2>/dev/null || stop "The environment $environment has no pip. Please $mend"

# One line for each EXTRAS; those of another clone or of other versions no longer hold.
stamp_file=$environment/.mmdebias-installed
versions="$PWD $(cat "$CONSTRAINTS" setup.py tools/setup_env.sh | cksum)"
if ! grep -qxF "$versions $1" "$stamp_file" 2>/dev/null; then
    echo "Installing the versions of $CONSTRAINTS (a few minutes the first time)"
    before=$(grep -F "$versions " "$stamp_file" 2>/dev/null || true)
    rm -f "$stamp_file"
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
    printf '%s\n' ${before:+"$before"} "$versions $1" >"$stamp_file"
fi

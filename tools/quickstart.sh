#!/usr/bin/env bash
# From a fresh clone to a result: sets up, makes videos, pre-trains on them with and without
# debiasing, compares what the features hold, fine-tunes and reports bias. Run again, it goes on
# where it stopped.
# Usage: bash tools/quickstart.sh [options of tools/quickstart.py]
set -euo pipefail
cd "$(dirname "$0")/.."
source tools/setup_env.sh mmaction2,tensorboard
exec python tools/quickstart.py "$@"

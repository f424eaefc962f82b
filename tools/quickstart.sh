#!/usr/bin/env bash
# From a fresh clone to a result: sets up, makes a small set of videos, pre-trains FAME on it,
# fine-tunes, tests, measures retrieval and reports bias. Run again, it goes on where it stopped.
# Usage: bash tools/quickstart.sh [options of tools/quickstart.py]
set -euo pipefail
cd "$(dirname "$0")/.."
source tools/setup_env.sh mmaction2,tensorboard
exec python tools/quickstart.py "$@"

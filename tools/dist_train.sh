#!/usr/bin/env bash
# Train on several GPUs of one or more machines (without a GPU: on as many processes, over gloo).
# Usage: tools/dist_train.sh CONFIG GPUS [arguments of tools/train.py]
# Environment: NNODES, NODE_RANK, PORT, MASTER_ADDR as in MMAction2.
if [ $# -lt 2 ]; then
    echo "Usage: $0 CONFIG GPUS [arguments of tools/train.py]" >&2
    exit 2
fi
exec bash "$(dirname "$0")/dist_run.sh" train.py "$2" "$1" "${@:3}"

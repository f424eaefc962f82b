#!/usr/bin/env bash
# Test on several GPUs of one or more machines (without a GPU: on as many processes, over gloo).
# Usage: tools/dist_test.sh CONFIG CHECKPOINT GPUS [arguments of tools/test.py]
# Environment: NNODES, NODE_RANK, PORT, MASTER_ADDR as in MMAction2.
if [ $# -lt 3 ]; then
    echo "Usage: $0 CONFIG CHECKPOINT GPUS [arguments of tools/test.py]" >&2
    exit 2
fi
exec bash "$(dirname "$0")/dist_run.sh" test.py "$3" "$1" "$2" "${@:4}"

#!/usr/bin/env bash
# What dist_train.sh and dist_test.sh share: start one of the tools in several processes.
# Usage: tools/dist_run.sh TOOL PROCESSES [arguments of the tool]
set -euo pipefail
HERE=$(dirname "$0")
PYTHONPATH="$HERE/..:${PYTHONPATH:-}" exec python "$HERE/launch.py" \
    --nnodes="${NNODES:-1}" --node_rank="${NODE_RANK:-0}" \
    --master_addr="${MASTER_ADDR:-127.0.0.1}" --master_port="${PORT:-29500}" \
    --nproc_per_node="$2" \
    "$HERE/$1" "${@:3}" --launcher pytorch

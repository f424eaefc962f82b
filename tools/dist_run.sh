#!/usr/bin/env bash
# What dist_train.sh and dist_test.sh share: start one of the tools in several processes.
# Usage: tools/dist_run.sh TOOL PROCESSES [arguments of the tool]
set -euo pipefail
HERE=$(dirname "$0")
PORT=${PORT:-29500}
# torch would say EADDRINUSE at the end of a traceback, and not what to do.
if [ "${NODE_RANK:-0}" = 0 ] && ! python - "$PORT" <<'PYTHON'; then
import errno, socket, sys
server = socket.socket()
server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
try:
    server.bind(('', int(sys.argv[1])))
except OSError as error:
    sys.exit(error.errno == errno.EADDRINUSE)  # what else is wrong, torch says
PYTHON
    echo "error: port $PORT of this machine is in use, most likely by another dist_train.sh or" \
        "dist_test.sh: choose another, such as PORT=$((PORT + 1)) bash ..." >&2
    exit 1
fi
PYTHONPATH="$HERE/..:${PYTHONPATH:-}" exec python -m torch.distributed.run \
    --nnodes="${NNODES:-1}" --node_rank="${NODE_RANK:-0}" \
    --master_addr="${MASTER_ADDR:-127.0.0.1}" --master_port="$PORT" \
    --nproc_per_node="$2" \
    "$HERE/$1" "${@:3}" --launcher pytorch

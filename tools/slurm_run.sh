#!/usr/bin/env bash
# What slurm_train.sh and slurm_test.sh share: start one of the tools as a Slurm job.
# Usage: tools/slurm_run.sh TOOL PARTITION JOB_NAME [arguments of the tool]
set -euo pipefail
GPUS_PER_NODE=${GPUS_PER_NODE:-8}
HERE=$(dirname "$0")
# Jobs that share a machine must not share a port.
export MASTER_PORT=${MASTER_PORT:-$((12000 + RANDOM % 20000))}

# SRUN_ARGS is a list of options: it has to be split.
# shellcheck disable=SC2086
PYTHONPATH="$HERE/..:${PYTHONPATH:-}" exec srun -p "$2" --job-name="$3" \
    --gres=gpu:"$GPUS_PER_NODE" --ntasks="${GPUS:-8}" --ntasks-per-node="$GPUS_PER_NODE" \
    --cpus-per-task="${CPUS_PER_TASK:-5}" --kill-on-bad-exit=1 ${SRUN_ARGS:-} \
    python -u "$HERE/$1" "${@:4}" --launcher slurm

#!/usr/bin/env bash
# Train on a Slurm cluster.
# Usage: tools/slurm_train.sh PARTITION JOB_NAME CONFIG [arguments of tools/train.py]
# Environment: GPUS, GPUS_PER_NODE, CPUS_PER_TASK, SRUN_ARGS as in MMAction2.
if [ $# -lt 3 ]; then
    echo "Usage: $0 PARTITION JOB_NAME CONFIG [arguments of tools/train.py]" >&2
    exit 2
fi
exec bash "$(dirname "$0")/slurm_run.sh" train.py "$@"

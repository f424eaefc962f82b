"""The Slurm scripts, with stand-ins for srun and scontrol that start two processes here."""

import pytest

from helpers.running import PRETRAIN, ROOT, environment, losses, run

SRUN = """#!/usr/bin/env bash
while [[ $1 == -* ]]; do
    case $1 in --ntasks=*) tasks=${1#*=} ;; -p) shift ;; esac
    shift
done
for rank in $(seq 0 $((tasks - 1))); do
    SLURM_PROCID=$rank SLURM_NTASKS=$tasks SLURM_NODELIST=here SLURM_LOCALID=$rank "$@" &
    started+=($!)
done
for process in "${started[@]}"; do wait "$process" || exit 1; done
"""


@pytest.fixture
def cluster(tmp_path):
    """The environment of a cluster with two processes a job."""
    programs = tmp_path / 'bin'
    programs.mkdir()
    for name, text in (('srun', SRUN), ('scontrol', '#!/usr/bin/env bash\necho 127.0.0.1\n')):
        (programs / name).write_text(text)
        (programs / name).chmod(0o755)
    return dict(PATH=f'{programs}:{environment()["PATH"]}', GPUS='2', GPUS_PER_NODE='2')


@pytest.mark.slow
def test_two_tasks_train(tmp_path, cluster, train_options):
    script = ['bash', ROOT / 'tools' / 'slurm_train.sh', 'partition', 'job']
    log = run(
        [
            *script,
            'configs/moco/r3d_toy.py',
            '--work-dir',
            tmp_path / 'work',
            *train_options,
            *PRETRAIN,
            'train_dataloader.batch_size=2',
            'train_cfg.max_epochs=1',
        ],
        env=cluster,
    )
    assert len(losses(log)) == 2  # 8 videos, 2 ranks of 2

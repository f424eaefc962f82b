"""Train a model: MMAction2's tools/train.py, its arguments, --load-from, a --seed that counts."""

from mmdebias.cli import run_mmaction_tool

if __name__ == '__main__':
    run_mmaction_tool('train.py')

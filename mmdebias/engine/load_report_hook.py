"""A report of the tensors that a checkpoint fills."""

from collections import Counter

from mmaction.registry import HOOKS
from mmengine.hooks import Hook
from mmengine.model import is_model_wrapper
from mmengine.runner import Runner


@HOOKS.register_module()
class LoadReportHook(Hook):
    """Say how many tensors of each part of the model a checkpoint fills, and stop if none.

    MMEngine's ``load_from`` is not strict: a checkpoint of another net, or one with another
    prefix, loads nothing and training starts from random weights. Tensors that the model has no
    use for (a pre-training checkpoint's queue and momentum encoder, say) are dropped first, so
    that the log does not name them one by one.
    """

    def after_load_checkpoint(self, runner: Runner, checkpoint: dict) -> None:
        """Look through a checkpoint before the model takes it.

        Raises:
            ValueError: no tensor has the name and shape of one of the model's.
        """
        model = runner.model.module if is_model_wrapper(runner.model) else runner.model
        wanted = model.state_dict()
        found = checkpoint.get('state_dict', checkpoint)
        # MMEngine strips the prefix that a wrapped model leaves, after this hook.
        names = {name.removeprefix('module.'): name for name in found}
        fitting = {
            name
            for name, theirs in names.items()
            if name in wanted and wanted[name].shape == found[theirs].shape
        }
        if not fitting:
            raise ValueError(
                'The checkpoint fits no tensor of the model. It has '
                f'{_some(names)}; the model has {_some(wanted)}. Give the checkpoint of this net, '
                'or rename its tensors.'
            )
        unused = Counter(_part(name) for name in names if name not in wanted)
        for name in [theirs for name, theirs in names.items() if name not in wanted]:
            del found[name]
        parts = Counter(map(_part, wanted))
        filled = Counter(map(_part, fitting))
        runner.logger.info(
            'The checkpoint fills '
            + ', '.join(f'{filled[part]} of {n} tensors of {part}' for part, n in parts.items())
            + (f'; not used: {dict(unused)}' if unused else '')
        )


def _part(name: str) -> str:
    return name.split('.')[0]


def _some(names: dict) -> str:
    names = list(names)
    return f'{len(names)} tensors, {", ".join(names[:3])}, ...' if names else 'no tensors'

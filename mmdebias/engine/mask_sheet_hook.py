"""Pictures of FAME's masks after pre-training."""

from pathlib import Path

import torch
from mmaction.registry import HOOKS
from mmengine.dist import is_main_process
from mmengine.hooks import Hook
from mmengine.model import is_model_wrapper
from mmengine.runner import Runner
from torch import nn

from mmdebias.models.augments import FAME
from mmdebias.models.gather import on_this_rank_alone
from mmdebias.visualization import draw_mask_sheet


@HOOKS.register_module()
class MaskSheetHook(Hook):
    """Draw frames, mask and merged clip of some training videos when training ends.

    Does nothing for a model without :class:`mmdebias.models.FAME`.

    Args:
        videos: Rows of the sheet: this many videos, evenly spread over the list.
        filename: The picture, in the work directory.
    """

    def __init__(self, videos: int = 8, filename: str = 'fame_masks.png') -> None:
        self.videos = videos
        self.filename = filename

    def after_train(self, runner: Runner) -> None:
        """Draw the sheet."""
        model = runner.model.module if is_model_wrapper(runner.model) else runner.model
        augments = getattr(model.data_preprocessor, 'augments', {})
        if isinstance(augments, nn.Sequential):  # a classifier's clips have no names
            augments = dict(clip=augments)
        found = [
            (view, fame)
            for view, sequence in augments.items()
            for fame in sequence
            if isinstance(fame, FAME)
        ]
        if not found or not is_main_process():
            return
        view, fame = found[0]
        dataset = runner.train_dataloader.dataset
        samples = [
            dataset[int(i)]
            # A single row takes its background from a second video, which is not drawn.
            for i in torch.linspace(0, len(dataset) - 1, min(max(self.videos, 2), len(dataset)))
        ]
        inputs = torch.stack([sample['inputs'] for sample in samples])
        raw = dict(zip(augments, inputs.unbind(1)))
        names = [Path(s['data_samples'].metainfo.get('filename', '')).stem for s in samples]
        clips = raw[view]
        with on_this_rank_alone():
            merged = fame(clips, raw.get(fame.reads_view))
        rows = slice(self.videos)
        path = Path(runner.work_dir) / self.filename
        draw_mask_sheet(path, clips[rows], fame.mask(clips)[rows], merged[rows], names[rows])
        runner.logger.info(f'Drew what FAME cuts out and pastes: {path}')

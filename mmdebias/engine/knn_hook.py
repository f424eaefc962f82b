"""k-NN accuracy during pre-training."""

from typing import Any

import torch
from mmaction.registry import HOOKS
from mmengine.hooks import Hook
from mmengine.model import is_model_wrapper
from mmengine.runner import Runner

from mmdebias.datasets.labels import check_labels
from mmdebias.datasets.seeding import seeded
from mmdebias.evaluation import KNNAccuracy

from .epoch_seed_hook import innermost_datasets


@HOOKS.register_module()
class KNNHook(Hook):
    """Classify some labelled videos by their nearest neighbours every few epochs.

    Labels are for looking only: nothing is learned from them. A feature is the map of the encoder
    that is trained, in eval mode, averaged over space, time and clips. The accuracy goes to the log
    and the visualisers as ``knn/top1``; training goes on as if it had not been measured.

    Args:
        dataloader: Config of a loader of a :class:`GalleryAndQueries` of small lists, such as
            tools/data/subset.py writes; its pipeline gives clips of one size and names ``split`` in
            the meta_keys of ``PackActionInputs``.
        interval: Epochs between measurements; the last epoch is measured, too.
        **metric: Arguments of :class:`KNNAccuracy`.

    Raises:
        ValueError: ``interval`` below 1.
    """

    def __init__(self, dataloader: dict, interval: int = 10, **metric: Any) -> None:
        if interval < 1:
            raise ValueError(f'interval={interval} must be 1 or more.')
        self.config = dataloader
        self.interval = interval
        self.metric = KNNAccuracy(**metric)
        self._loader: Any = None

    def before_train(self, runner: Runner) -> None:
        """Read the lists: a mistake shows before the first epoch.

        Raises:
            ValueError: a video has no label.
        """
        with seeded(0):
            self._loader = runner.build_dataloader(self.config)
        for dataset in innermost_datasets(self._loader.dataset):
            check_labels(dataset)

    def after_train_epoch(self, runner: Runner) -> None:
        """Measure."""
        if not (self.every_n_epochs(runner, self.interval) or self.is_last_train_epoch(runner)):
            return
        model = runner.model.module if is_model_wrapper(runner.model) else runner.model
        model.eval()
        # Starting the workers draws a number.
        with torch.no_grad(), seeded(0):
            for batch in self._loader:
                self.metric.process(batch, list(self.features(model, batch)))
        model.train()
        metrics = self.metric.evaluate(len(self._loader.dataset))
        text = ', '.join(f'{name}: {value:.4f}' for name, value in metrics.items())
        runner.logger.info(f'Epoch(knn) [{runner.epoch + 1}]  {text}')
        runner.visualizer.add_scalars(metrics, step=runner.epoch + 1)

    @staticmethod
    def features(model: Any, batch: dict) -> torch.Tensor:
        """Return one row a video: ``[N, C]``."""
        preprocessor = model.data_preprocessor
        clips = torch.stack(preprocessor.cast_data(batch)['inputs'])
        maps = model.backbone(preprocessor.normalise(clips.flatten(0, 1)))
        return maps.flatten(2).mean(2).unflatten(0, clips.shape[:2]).mean(1)

"""A test loop whose features are kept on disk."""

import hashlib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import torch
from mmaction.registry import LOOPS
from mmengine.dist import broadcast_object_list
from mmengine.evaluator import Evaluator
from mmengine.model import is_model_wrapper
from mmengine.runner import Runner, TestLoop
from torch.utils.data import Subset

from mmdebias.evaluation import FeatureShards
from mmdebias.evaluation.feature_metric import FeatureMetric
from mmdebias.video import READER_VERSION


@LOOPS.register_module()
class ResumableTestLoop(TestLoop):
    """MMEngine's test loop for :class:`FeatureMetric`, which goes on where it stopped.

    Every process writes features in shards below ``features/`` of the work directory as they are
    computed. Their folder is named after the weights, the model and the videos: the same test
    computes what is missing, another one starts anew. Folders of tests that are no longer wanted
    can be removed.

    Args:
        runner: As in MMEngine.
        dataloader: The config of a loader of a :class:`GalleryAndQueries`.
        evaluator: As in MMEngine; its metrics must be :class:`FeatureMetric`.
        dtype: Of the features on disk, 'float32' or 'float16'.
        **kwargs: As in MMEngine.

    Raises:
        TypeError: ``dataloader`` is not a config, or a metric is another one.
    """

    dataloader: Any  # MMEngine says nothing of it

    def __init__(
        self,
        runner: Runner,
        dataloader: dict,
        evaluator: Evaluator | dict | list,
        dtype: str = 'float32',
        **kwargs: Any,
    ) -> None:
        if not isinstance(dataloader, dict):
            raise TypeError('ResumableTestLoop needs the config of a dataloader, not a dataloader.')
        self.loader_config = dict(dataloader)
        super().__init__(runner, dataloader, evaluator, **kwargs)
        self.dtype = dtype
        for metric in self.evaluator.metrics:
            if not isinstance(metric, FeatureMetric):
                raise TypeError(
                    f'{type(metric).__name__} does not compare features: use '
                    "test_cfg=dict(type='TestLoop') with it."
                )

    def run(self) -> dict:
        """Test what has not been tested; returns the metrics of all."""
        dataset = self.dataloader.dataset
        infos = [dataset.get_data_info(i) for i in range(len(dataset))]
        folder = Path(self.runner.work_dir) / 'features' / self._name(infos)
        shards = FeatureShards(folder, self.dtype)
        done = shards.done()
        missing = [
            i for i, info in enumerate(infos) if (info['split'], info['sample_idx']) not in done
        ]
        if done:
            self.runner.logger.info(f'{len(done)} of {len(dataset)} videos are done: {folder}')
        for metric in self.evaluator.metrics:
            metric.shards = shards
        self.runner.call_hook('before_test')
        self.runner.call_hook('before_test_epoch')
        self.runner.model.eval()
        if missing:
            self._run_on(missing)
        metrics = self.evaluator.evaluate(len(dataset))
        self.runner.call_hook('after_test_epoch', metrics=metrics)
        self.runner.call_hook('after_test')
        return metrics

    def _run_on(self, missing: Sequence[int]) -> None:
        whole = self.dataloader
        part = Subset(whole.dataset, missing)
        # Hooks ask the loop how much there is to do.
        self.dataloader = Runner.build_dataloader(dict(self.loader_config, dataset=part))
        try:
            for index, batch in enumerate(self.dataloader):
                self.run_iter(index, batch)
        finally:
            self.dataloader = whole
            for metric in self.evaluator.metrics:
                metric.shards.flush()

    def _name(self, infos: list[dict]) -> str:
        """Return a name for these weights, this model and these videos, the same on all ranks."""
        model = (
            self.runner.model.module if is_model_wrapper(self.runner.model) else self.runner.model
        )
        digest = hashlib.sha256()
        for name, tensor in sorted(model.state_dict().items()):
            digest.update(name.encode())
            digest.update(tensor.detach().cpu().contiguous().flatten().view(torch.uint8).numpy())
        pipeline = self.loader_config['dataset']['pipeline']
        videos = [(info['filename'], info['label'], info['split']) for info in infos]
        settings = (READER_VERSION, self.runner.cfg.model, pipeline, self.dtype, videos)
        digest.update(repr(settings).encode())
        name = [digest.hexdigest()[:16]]
        broadcast_object_list(name)
        return name[0]

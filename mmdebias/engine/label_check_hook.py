"""A look at the labels of all lists before training and testing."""

from typing import Any

from mmaction.registry import HOOKS
from mmengine.hooks import Hook
from mmengine.model import is_model_wrapper
from mmengine.runner import BaseLoop, Runner

from mmdebias.datasets.labels import Labels, check_labels, label_doubts
from mmdebias.evaluation.feature_metric import FeatureMetric

from .epoch_seed_hook import innermost_datasets


@HOOKS.register_module()
class LabelCheckHook(Hook):
    """Compare the labels of each list with ``model.cls_head.num_classes``, once.

    A label beyond the classes would end the training in an IndexError of the loss, or on a GPU in
    an assertion, that names neither list nor line; in a test it would count as wrong in silence. A
    metric that compares features needs labels, too. Pre-training needs none, and is left alone.

    Of labels that are classes of the model and may yet be wrong there is a warning, see
    :func:`mmdebias.datasets.labels.label_doubts`.
    """

    def before_run(self, runner: Runner) -> None:
        """Look through the lists of the loops that are about to run.

        Raises:
            LabelError: a label is missing or none of the classes, see :func:`check_labels`.
        """
        model = runner.model.module if is_model_wrapper(runner.model) else runner.model
        classes = getattr(getattr(model, 'cls_head', None), 'num_classes', None)
        # Loops that do not run are configs still.
        loops: list[Any] = [runner._train_loop, runner._val_loop, runner._test_loop]
        trained: list[Labels] = []
        tested: list[Labels] = []
        for loop in loops:
            if isinstance(loop, BaseLoop) and (classes is not None or _compares_features(loop)):
                for dataset in innermost_datasets(loop.dataloader.dataset):
                    labels = check_labels(dataset, classes)
                    if labels is not None:
                        (trained if loop is loops[0] else tested).append(labels)
        for line in label_doubts(trained, tested, classes) if classes is not None else ():
            runner.logger.warning(line)


def _compares_features(loop: Any) -> bool:
    metrics = getattr(getattr(loop, 'evaluator', None), 'metrics', ())
    return any(isinstance(metric, FeatureMetric) for metric in metrics)

"""Progress of MMEngine's test loop."""

from typing import Any

from mmengine.hooks import Hook
from mmengine.runner import Runner

from ..progress import Progress


class ProgressHook(Hook):
    """Show how many rows are done.

    Args:
        total: Of the rows.
    """

    def __init__(self, total: int) -> None:
        self.progress, self.done = Progress(total), 0

    def after_test_iter(
        self,
        runner: Runner,
        batch_idx: int,
        data_batch: dict[str, Any] | None = None,
        outputs: Any = None,
    ) -> None:
        """Move on by a batch."""
        self.done += len(outputs)
        self.progress.show(self.done)

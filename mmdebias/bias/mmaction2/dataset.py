"""The videos of a bias report as a dataset."""

from collections.abc import Callable
from functools import partial
from typing import Any

from mmaction.datasets import VideoDataset
from mmaction.registry import DATASETS

from mmdebias.datasets.reading_steps import TIME_LIMIT, check_time_limit, drawn_right, within
from mmdebias.datasets.seeding import seeded
from mmdebias.video import VideoReadError

from ..manifest import read_manifest
from ..reading import video_path
from .compose_probe import ComposeProbe


@DATASETS.register_module()
class BiasProbes(VideoDataset):
    """The rows of a manifest, one sample each, composed by the pipeline's :class:`ComposeProbe`.

    Nothing is written to disk. A sample is a function of its row: what a pipeline draws at random
    is seeded by it, whatever the number and order of workers. Its label is that of the row's video,
    its ``sample_idx`` the number of the row, which the metrics need: name it in the ``meta_keys``
    of ``PackActionInputs``.

    Args:
        ann_file: The manifest, see :func:`mmdebias.bias.write_manifest`.
        pipeline: Of a test, with ``ComposeProbe`` behind the decoder.
        data_root: Folder that the manifest's videos are relative to.
        time_limit: Seconds that a row may take, so that no file can stop a report. None is for
            ever.
        **kwargs: As in MMAction2's ``VideoDataset``.

    Raises:
        ValueError: the manifest or the pipeline is malformed, masks are missing, or ``time_limit``
            is not above 0.
        FileNotFoundError: videos or pictures are missing.
        VideoReadError: on a row, its video cannot be read or composed, or not in time.
    """

    def __init__(
        self,
        ann_file: str,
        pipeline: list[dict[str, Any] | Callable[..., Any]],
        data_root: str = '',
        time_limit: float | None = TIME_LIMIT,
        **kwargs: Any,
    ) -> None:
        self.time_limit = check_time_limit(time_limit)
        kwargs = {'test_mode': True, **kwargs}
        super().__init__(ann_file, pipeline, data_root=data_root, **kwargs)
        composers = [t for t in self.pipeline.transforms if isinstance(t, ComposeProbe)]
        if len(composers) != 1:
            raise ValueError(
                f'The pipeline has {len(composers)} ComposeProbe; it needs one, right behind the '
                'decoder: use mmdebias.bias.probe_config.'
            )
        composers[0].check(self.rows)

    def load_data_list(self) -> list[dict[str, Any]]:
        """Read the manifest."""
        self.rows = read_manifest(self.ann_file)
        return [
            dict(
                filename=str(video_path(self.data_root or '', row.video)),
                label=row.label,
                probe_row=vars(row),
            )
            for row in self.rows
        ]

    def prepare_data(self, idx: int) -> Any:
        """Compose a row."""
        row = self.rows[idx]
        with seeded(row.seed):
            try:
                compose = partial(super().prepare_data, idx)
                return within(self.time_limit, partial(drawn_right, compose))
            except ImportError:
                raise
            except Exception as error:
                # Decoders name no file, and append their C++ stack to the message.
                reason = (str(error).strip() or '?').splitlines()[0]
                raise VideoReadError(
                    f'{row.probe} of {row.video}: {type(error).__name__}: {reason}'
                ) from error

"""The two sides of a retrieval test."""

from collections.abc import Sequence

from mmaction.registry import DATASETS
from mmengine.dataset import ConcatDataset

from .tolerant_video_dataset import TolerantVideoDataset


@DATASETS.register_module()
class GalleryAndQueries(ConcatDataset):
    """Videos to search and videos to search with, one after the other, for ``VideoRetrieval``.

    Each sample says which side it is on under ``split``: 'gallery' or 'query'; let
    ``PackActionInputs`` keep it (``meta_keys=('split', ...)``). A video that cannot be read is an
    error; for all others see :class:`TolerantVideoDataset`.

    Args:
        gallery: Arguments of the :class:`TolerantVideoDataset` that is searched: ``ann_file`` and,
            where needed, ``data_root``, ``data_prefix``, ...
        query: The same for the videos that search.
        pipeline: Transforms of both sides, as :class:`TolerantVideoDataset` takes them.

    Raises:
        ValueError: a video is on both sides, where it would find itself.
    """

    def __init__(self, gallery: dict, query: dict, pipeline: dict | Sequence) -> None:
        sides = dict(gallery=gallery, query=query)
        super().__init__(
            [
                TolerantVideoDataset(
                    **{'pipeline': pipeline, 'test_mode': True, **side},
                    extra=dict(split=split),
                )
                for split, side in sides.items()
            ]
        )
        names = [{info['filename'] for info in side.load_data_list()} for side in self.datasets]
        both = sorted(names[0] & names[1])
        if both:
            raise ValueError(
                f'{len(both)} video(s) are in the gallery and among the queries and would find '
                f'themselves, for example {both[0]}: take them out of one list.'
            )

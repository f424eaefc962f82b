"""A workaround for data loaders: no worker goes on after a process that was killed."""

from typing import Any

from mmdebias.processes import look_for_parent


def bind_workers() -> None:
    """Have each worker of a data loader end when its process has ended, however that ended.

    torch 2.13.0's ``_worker_loop`` looks for its process when it has waited for an index for five
    seconds: not while it reads a video, and never where siblings keep its pipes open. What replaces
    the loop is found by its name, as a worker that is spawned needs it.
    """
    from torch.utils.data._utils import worker

    loop = getattr(worker, '_worker_loop', None)
    if loop is None or loop is _bound_loop:
        return
    _bound_loop.original = loop
    worker._worker_loop = _bound_loop


def _bound_loop(*args: Any, **kwargs: Any) -> None:
    look_for_parent()
    _bound_loop.original(*args, **kwargs)

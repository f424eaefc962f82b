"""Time and memory of exact search against one matrix product: one JSON line a way.

Usage: python tools/benchmark/retrieval.py [--gallery N] [--queries N] [--width D] [--threads N]

The gallery is float32 on disk (2 GB for 1,000,000 x 512), as ResumableTestLoop leaves it. The way
``product`` is one matrix product of the same rows in memory and nothing else, for as many queries
as its result has room for (``--room`` GiB); its time is multiplied by ``scaled``. ``peak_mib`` is
how far a way raises the memory of its process: what of the gallery is mapped from disk counts.
"""

import argparse
import tempfile
import time
from functools import partial
from pathlib import Path

import numpy as np
import torch
from measuring import peak_mebibytes, show

from mmdebias.cli import output_folder
from mmdebias.evaluation import nearest

try:
    import faiss
except ImportError:  # then 'torch' is timed alone
    faiss = None


def main() -> None:
    """Run the ways, each in a process of its own."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument('--gallery', type=int, default=1_000_000)
    parser.add_argument('--queries', type=int, default=10_000)
    parser.add_argument('--width', type=int, default=512)
    parser.add_argument('--k', type=int, default=50)
    parser.add_argument('--memory', type=float, default=1.0, help='GiB that the search may use')
    parser.add_argument('--room', type=float, default=4.0, help='GiB for the result of product')
    parser.add_argument('--threads', type=int, default=torch.get_num_threads())
    parser.add_argument('--out', type=output_folder, help='folder where the gallery lies meanwhile')
    args = parser.parse_args()
    show(**{**vars(args), 'torch': torch.__version__, 'faiss': getattr(faiss, '__version__', None)})
    with tempfile.TemporaryDirectory(dir=args.out) as folder:
        path = Path(folder, 'gallery.npy')
        write_gallery(path, args.gallery, args.width)
        ways = ['product', 'torch', *(['faiss'] if faiss else [])]
        seconds = {}
        for way in ways:
            clock = Path(folder, f'{way}.txt')
            mebibytes = peak_mebibytes(partial(prepare, way, path, clock, args))
            seconds[way] = float(clock.read_text())
            show(
                way=way,
                seconds=seconds[way],
                by_product=seconds[way] / seconds['product'],
                peak_mib=mebibytes,
                **(
                    dict(scaled=args.queries / queries_of_product(args)) if way == 'product' else {}
                ),
            )


def write_gallery(path: Path, count: int, width: int, part: int = 65536) -> None:
    """Write random rows to disk, part by part."""
    rows = np.lib.format.open_memmap(path, 'w+', np.float32, (count, width))
    rng = np.random.default_rng(0)
    for start in range(0, count, part):
        stop = min(start + part, count)
        rows[start:stop] = rng.standard_normal((stop - start, width), dtype=np.float32)


def prepare(way: str, path: Path, clock: Path, args: argparse.Namespace) -> partial:
    """Prepare the measured call: reading the gallery counts for searches, not the product."""
    torch.set_num_threads(args.threads)
    query = torch.from_numpy(
        np.random.default_rng(1).standard_normal((args.queries, args.width), dtype=np.float32)
    )
    gallery = np.load(path, mmap_mode='r')
    if way != 'product':
        search = partial(nearest, gallery, query, args.k, memory=args.memory, backend=way)
        return partial(timed, search, clock, 1)
    fitting = queries_of_product(args)
    rows = torch.from_numpy(np.array(gallery))
    return partial(
        timed, partial(torch.matmul, query[:fitting], rows.T), clock, args.queries / fitting
    )


def queries_of_product(args: argparse.Namespace) -> int:
    """Return for how many queries the result of one product has room."""
    return max(1, min(args.queries, int(args.room * 2**30 / 4 / args.gallery)))


def timed(call: partial, clock: Path, times: float) -> None:
    """Write the seconds of a call, times so many, into a file."""
    begin = time.perf_counter()
    call()
    clock.write_text(str(times * (time.perf_counter() - begin)))


if __name__ == '__main__':
    main()

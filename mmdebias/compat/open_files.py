"""A workaround for data loaders on a GPU: enough open files for the tensors of their batches."""

ENOUGH = 65536


def allow_open_files() -> None:
    """Raise this process's own limit of open files as far as the system lets it.

    A tensor comes from a worker as an open file and stays one until it is freed. While batches wait
    for a GPU, that is a file for each sample's clips and one for its label: 64 videos a batch, 8
    workers and 2 batches ahead of each are 2,048, and the usual soft limit of 1,024 ends the
    training with "received 0 items of ancdata" (seen with torch 2.13). Workers inherit the limit.
    """
    try:
        import resource
    except ImportError:  # Windows has no such limit
        return
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    unlimited = resource.RLIM_INFINITY
    wanted = ENOUGH if hard == unlimited else min(ENOUGH, hard)
    if soft != unlimited and soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))

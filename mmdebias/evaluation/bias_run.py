"""Any classifier's config, turned into one whose test runs the probes of a bias report."""

from pathlib import Path

from mmengine.config import Config


def probe_config(
    cfg: Config,
    rows_file: str | Path,
    data_root: str | Path,
    masks: dict | None,
    out_file: str | Path,
    images_root: str | Path | None = None,
    batch_size: int | None = None,
    num_workers: int | None = None,
) -> Config:
    """The config of a classifier with its test replaced by the probes of a manifest.

    Its own test pipeline is kept, with ``ComposeProbe`` behind the decoder; so are its model and
    its number of clips and crops. ``Runner.from_cfg(...).test()`` then returns the measures and
    writes the scores.

    Args:
        cfg: Config of an MMAction2 1.x classifier; it is not changed.
        rows_file: Manifest, see :func:`mmdebias.datasets.bias.write_manifest`.
        data_root: Folder that the manifest's videos are relative to.
        masks: Config of a mask source: ``dict(type='files', folder=...)``,
            ``dict(type='boxes', file=...)`` or ``dict(type='motion')``; None where no probe of the
            manifest needs masks.
        out_file: Where ``scores`` goes: .npz, float32 ``[N, K]``, a row for each of the manifest's.
        images_root: Folder that the manifest's pictures are relative to.
        batch_size: Of the test; None keeps the config's.
        num_workers: Of the test; None keeps the config's.

    Returns:
        A new config.

    Raises:
        ValueError: the config is no recogniser's, has no test pipeline, or reads something else
            than video files.
    """
    raise NotImplementedError


def load_scores(out_file: str | Path, rows: int) -> 'np.ndarray':  # noqa: F821
    """Read the scores of a run, float32 ``[N, K]``.

    Raises:
        ValueError: the file has another number of rows than ``rows``.
    """
    raise NotImplementedError

"""The table of a checkpoint: what each protocol measured, with intervals."""

import math
from collections.abc import Mapping, Sequence
from typing import Any

from mmdebias.intervals import confidence_interval


def is_result(found: object) -> bool:
    """Tell whether what a file holds is a result that :func:`table_rows` takes."""
    if not isinstance(found, dict):
        return False
    metrics, videos = found.get('metrics'), found.get('videos')
    if not (isinstance(metrics, dict) and metrics and isinstance(videos, int)):
        return False
    return all(isinstance(m, int | float) and math.isfinite(m) for m in metrics.values())


def table_rows(
    protocol: str, config: str, results: Mapping[str, Mapping[str, Any]]
) -> list[dict[str, Any]]:
    """Return a row a metric: its mean over the splits, and a 95 % confidence interval.

    The interval is Wilson's for the test videos of one split: how far the number would move with
    other test videos, not with another seed. The test sets of splits share videos, and the clips of
    a video are not independent: neither makes it narrower.

    Args:
        protocol: Its name.
        config: That was run.
        results: Of each split ``metrics``, shares by name, the number of test ``videos`` and, of
            low-shot, which ``labels`` it was trained on. Metrics without a / in their names are
            left out.
    """
    rows = []
    for name in next(iter(results.values()))['metrics']:
        if '/' not in name:
            continue
        values = {split: result['metrics'][name] for split, result in results.items()}
        mean = sum(values.values()) / len(values)
        videos = round(sum(result['videos'] for result in results.values()) / len(results))
        low, high = confidence_interval(mean, videos)
        row = dict(protocol=protocol, metric=name, value=mean, splits=values, videos=videos)
        row |= dict(low=low, high=high, config=config)
        labels = {
            split: result['labels'] for split, result in results.items() if 'labels' in result
        }
        rows.append(row | (dict(labels=labels) if labels else {}))
    return rows


def render_table(table: Mapping[str, Any]) -> str:
    """Return the table as Markdown.

    Args:
        table: ``rows`` of :func:`table_rows`, and the ``setting`` that they were measured in.
    """
    rows: Sequence[Mapping[str, Any]] = table['rows']
    setting = table['setting']
    lines = [
        '| protocol | metric | % | 95 % interval | test videos | each split | config |',
        '|---|---|---|---|---|---|---|',
    ]
    for row in rows:
        value, low, high = (100 * row[key] for key in ('value', 'low', 'high'))
        splits = ', '.join(f'{split}: {100 * share:.1f}' for split, share in row['splits'].items())
        lines.append(
            f'| {row["protocol"]} | {row["metric"]} | {value:.1f} | {low:.1f} to {high:.1f} '
            f'| {row["videos"]} | {splits} | {row["config"]} |'
        )
    for protocol, labels in {row['protocol']: row.get('labels') for row in rows}.items():
        if labels:
            lines += ['', f'{protocol} was trained on ' + ', '.join(labels.values()) + '.']
    versions = ', '.join(f'{name} {version}' for name, version in setting['versions'].items())
    lines += [
        '',
        f'{setting["model"]}: {setting["checkpoint"]} (sha256 {setting["sha256"][:12]}), '
        f'{setting["gpus"]} process(es), seed {setting["seed"]}, options '
        f'{setting["options"] or "none"}; {versions}.',
    ]
    return '\n'.join(lines) + '\n'

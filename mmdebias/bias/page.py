"""A bias report as one page of HTML that needs nothing beside it."""

from collections.abc import Sequence
from html import escape
from itertools import groupby
from pathlib import Path
from string import Template
from typing import Any

from .dot_plot import MOST_DRAWN, dot_plot
from .markdown import setting_rows
from .page_clips import Sample, clips_section
from .page_tables import anchor, comparison_section, differences_section, mark, numbers_table
from .summary import answers
from .wording import BETTER, masks_sentence, words_for

__all__ = ['LIMIT', 'Sample', 'render_page']

LIMIT = 5_000_000  # bytes: a page that can be mailed


def render_page(report: dict[str, Any], samples: Sequence[Sample] = (), limit: int = LIMIT) -> str:
    """Render the page: the answer in words, dots, tables, clips, and what decided the numbers.

    It reads on a phone, prints, is read out and needs no mouse, in light and dark; styles, drawing
    and clips are inside it.

    Args:
        report: Of :func:`mmdebias.bias.numbers.put_together`.
        samples: Clips to show, those of a probe one after the other.
        limit: Bytes that the page may have; clips become smaller and fewer to fit.
    """
    setting, folder = report['setting'], Path(__file__).parent
    names = [entry['name'] for entry in report['checkpoints']]
    drawn = names[:MOST_DRAWN]
    page = Template((folder / 'page.html').read_text(encoding='utf-8'))
    parts = dict(
        title=escape(f'Background bias: {", ".join(drawn)}'),
        style=(folder / 'style.css').read_text(encoding='utf-8'),
        videos=f'{setting["videos"]:,}',
        data=escape('/'.join(Path(setting['data']).parts[-2:])),
        answers='\n'.join(
            f'<p>{mark(index)} <strong>{escape(name)}</strong>'
            f'{escape(sentence.removeprefix(name))} {escape(more)}</p>'
            for index, (name, sentence, more) in enumerate(answers(report))
        ),
        warning=(
            f'<section class="warning"><p>{escape(masks_sentence(setting["masks"]))}</p></section>'
            if setting['masks']['warning']
            else ''
        ),
        legend='<ul class="legend">'
        + ''.join(f'<li>{mark(i)} {escape(name)}</li>' for i, name in enumerate(drawn))
        + '</ul>',
        drawn=f'The first {MOST_DRAWN} models. ' if len(names) > MOST_DRAWN else '',
        plot=dot_plot(report),
        table=numbers_table(report, names),
        comparison=comparison_section(report, names),
        differences=differences_section(report, names),
        meanings=_meanings(report),
        masks=escape(masks_sentence(setting['masks'])),
        facts='\n'.join(
            f'<dt>{escape(key)}</dt><dd>{escape(value)}</dd>' for key, value in setting_rows(report)
        ),
        files='The same numbers are in report.json and report.md beside this page; manifest.jsonl '
        'lists every composed video, and scores/ has the models’ scores of each.',
    )
    without = len(page.substitute(parts, clips='').encode())
    return page.substitute(parts, clips=clips_section(samples, names, limit - without))


def _meanings(report: dict[str, Any]) -> str:
    parts = []
    for group, members in groupby(report['measures'], lambda m: words_for(m['name']).group):
        parts.append(f'<dt class="group">{escape(group)}</dt>')
        for measure in members:
            words, better = words_for(measure['name']), BETTER.get(measure['better'], '')
            sentence = words.sentence + (f' {better.capitalize()}.' if better else '')
            parts.append(
                f'<dt id="{anchor(measure["name"])}">{escape(words.title)}</dt>'
                f'<dd>{escape(sentence)}</dd>'
            )
    return '\n'.join(parts)

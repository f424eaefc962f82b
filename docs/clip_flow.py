"""Draw ``clip_flow.svg``: python docs/clip_flow.py."""

from pathlib import Path
from xml.sax.saxutils import escape

INK, MUTED, PAPER = '#1f2933', '#5b6770', '#ffffff'
PLACES = (
    ('worker, one video', '#e7f0fa', '#3b76af'),
    ('device, a batch', '#e9f5ec', '#3c8d5a'),
    ('model', '#fdf1e2', '#c07a1c'),
)
# Place, what is done, who does it, what leaves it.
STEPS = (
    (0, 'list', 'TolerantVideoDataset', 'a path'),
    (0, 'choose frames', 'SampleViews', 'V views of a video'),
    (0, 'decode', 'VideoDecode', 'uint8 frames'),
    (0, 'crop, resize, flip', 'PerView', 'one draw a view'),
    (0, 'pack', 'PackActionInputs', 'uint8 [V, C, T, H, W]'),
    (1, 'augment', 'FAME, KorniaAugment, …', 'RGB [N, C, T, H, W], a view'),
    (1, 'normalise', 'ViewDataPreprocessor', 'float, {view: clips}'),
    (2, 'encode', 'backbone, neck', 'unit vectors [N, D]'),
    (2, 'compare', 'InfoNCEHead', 'the loss'),
)
WIDTH, BOX, GAP, LEFT, TOP = 460, 58, 22, 38, 12


def draw() -> str:
    """Return the picture."""
    height = TOP + len(STEPS) * (BOX + GAP) - GAP + 12
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" '
        'font-family="system-ui, -apple-system, Segoe UI, Roboto, DejaVu Sans, sans-serif">',
        '<defs><marker id="tip" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="8" '
        f'markerHeight="8" orient="auto"><path d="M0 0L8 4L0 8z" fill="{MUTED}"/></marker></defs>',
        f'<rect width="{WIDTH}" height="{height}" fill="{PAPER}"/>',
    ]
    for place, (name, fill, line) in enumerate(PLACES):
        rows = [i for i, step in enumerate(STEPS) if step[0] == place]
        top = TOP + rows[0] * (BOX + GAP)
        bottom = TOP + rows[-1] * (BOX + GAP) + BOX
        parts.append(f'<rect x="8" y="{top}" width="6" height="{bottom - top}" fill="{line}"/>')
        parts.append(
            f'<text x="0" y="0" transform="translate(29 {(top + bottom) / 2}) rotate(-90)" '
            f'text-anchor="middle" font-size="14" fill="{line}">{escape(name)}</text>'
        )
        for row in rows:
            parts += _box(row, fill, line)
    return '\n'.join([*parts, '</svg>', ''])


def _box(row: int, fill: str, line: str) -> list[str]:
    _, what, who, leaves = STEPS[row]
    y = TOP + row * (BOX + GAP)
    right = WIDTH - 8
    found = [
        f'<rect x="{LEFT}" y="{y}" width="{right - LEFT}" height="{BOX}" rx="6" fill="{fill}" '
        f'stroke="{line}"/>',
        f'<text x="{LEFT + 14}" y="{y + 25}" font-size="18" font-weight="600" fill="{INK}">'
        f'{escape(what)}</text>',
        f'<text x="{right - 14}" y="{y + 25}" font-size="15" text-anchor="end" fill="{INK}" '
        f'font-family="ui-monospace, DejaVu Sans Mono, monospace">{escape(who)}</text>',
        f'<text x="{LEFT + 14}" y="{y + 47}" font-size="15" fill="{MUTED}">'
        f'→ {escape(leaves)}</text>',
    ]
    if row + 1 < len(STEPS):
        x = (LEFT + right) / 2
        found.append(
            f'<path d="M{x} {y + BOX}V{y + BOX + GAP - 1}" stroke="{MUTED}" stroke-width="1.5" '
            'marker-end="url(#tip)"/>'
        )
    return found


if __name__ == '__main__':
    Path(__file__).with_name('clip_flow.svg').write_text(draw(), encoding='utf-8')

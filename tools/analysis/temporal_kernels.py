"""How the weights of temporal convolutions are spread in each layer (FAME, Fig. 3).

Usage:
    python tools/analysis/temporal_kernels.py --model NAME CONFIG CHECKPOINT [--model ...]
        [--kind temporal|3d] [--out OUT.png]

The models must have the same layers. Standard deviations are printed as a table; the weights of a
layer that batch normalisation follows may be scaled without changing what it computes, so look at
the shapes, too: excess kurtosis is in the table (0 is a normal distribution).
"""

from pathlib import Path

import numpy as np
from comparing import add_models, read_models

from mmdebias.analysis import draw_kernel_violins, temporal_kernels
from mmdebias.cli import Parser, output_file, run_command


def main() -> None:
    """Print and draw how each model's filters weigh time."""
    parser = Parser(description=__doc__.splitlines()[0])
    add_models(parser)
    parser.add_argument('--out', type=output_file, default=Path('work_dirs/temporal_kernels.png'))
    parser.add_argument('--kind', choices=('temporal', '3d'), default='temporal')
    args = parser.parse_args()
    kernels = {}
    for model in read_models(args):
        kernels[model.name] = temporal_kernels(model.encoder('cpu').backbone, args.kind)
        first = next(iter(kernels))
        if list(kernels[model.name]) != list(kernels[first]):
            raise ValueError(
                f'{model.name} has other temporal convolutions than {first}: compare models of '
                'one architecture'
            )
    print('| layer | weights |' + ''.join(f' {name}: std, kurtosis |' for name in kernels))
    print('|---' * (len(kernels) + 2) + '|')
    for layer in next(iter(kernels.values())):
        cells = [f'{w.std():.4f}, {kurtosis(w):.1f}' for w in (k[layer] for k in kernels.values())]
        count = len(next(iter(kernels.values()))[layer])
        print(f'| {layer} | {count} | ' + ' | '.join(cells) + ' |')
    print(draw_kernel_violins(args.out, kernels))


def kurtosis(weights: np.ndarray) -> float:
    """Return excess kurtosis."""
    from scipy.stats import kurtosis

    return float(kurtosis(weights.astype(np.float64)))


if __name__ == '__main__':
    run_command(main)

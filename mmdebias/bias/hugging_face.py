"""Video models of Hugging Face's transformers, from local folders, for a bias report."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from importlib import metadata
from pathlib import Path
from types import ModuleType
from typing import Any, Literal

from torch import Tensor, nn

from mmdebias.optional import import_optional
from mmdebias.provenance import file_sha256

from .clip_model import ClipModel, Run
from .clip_spec import SPREAD, ClipSpec, check_clip
from .processors import clip_of_processor
from .torch_models import on_device

INSTALL = 'pip install "mmdebias[transformers]"'
PROCESSORS = ('video_preprocessor_config.json', 'preprocessor_config.json', 'processor_config.json')
"""Where a folder keeps how its clips are made; the first that exists counts."""
STRIDES: dict[str, tuple[str, dict[int | None, int]]] = {
    'videomae': ('VideoMAE on Kinetics-400', {None: 4}),
    'timesformer': ('TimeSformer on Kinetics', {8: 32, 16: 16, 96: 4}),
    'vivit': ('ViViT-B/16x2 on Kinetics-400', {None: 2}),
    'vjepa2': ('V-JEPA 2 on Something-Something v2 and Diving48', {16: 4, 32: 2, 64: 2}),
}
"""By model type whose release it is, and by frames of a clip (None: any number) the frames of the
video from one of a clip to the next that it was evaluated with.

Read in the authors' own configs: VideoMAE, ``--sampling_rate 4`` of ``scripts/kinetics/*/
finetune.sh`` (MCG-NJU/VideoMAE); TimeSformer, ``DATA.SAMPLING_RATE`` of ``configs/Kinetics/
TimeSformer_divST_{8x32_224,16x16_448,96x4_224}.yaml`` (facebookresearch/TimeSformer);
ViViT, ``dataset_configs.stride`` of ``projects/vivit/configs/kinetics400/vivit_base_k400.py``
(google-research/scenic); V-JEPA 2, ``frame_step`` of ``configs/inference/{vitl/ssv2,vitl/diving48,
vitg-384/ssv2}.yaml`` (facebookresearch/vjepa2).
"""
SOMETHING_CLASSES = 174
SPREADING = {
    'videomae': 'VideoMAE on Something-Something v2',
    'timesformer': 'TimeSformer on Something-Something v2',
}
"""Types whose releases with the 174 classes of Something-Something v2 take frames spread over the
whole video, one of each part: ``ssv2.py`` (MCG-NJU/VideoMAE), ``timesformer/datasets/ssv2.py``
(facebookresearch/TimeSformer).
"""
CLASSIFIES = 'ForVideoClassification'


def from_hugging_face(
    name: str,
    folder: str | Path,
    clip: ClipSpec | None = None,
    *,
    stride: int | Literal['spread'] | None = None,
    clips: int = 1,
    batch_size: int = 8,
) -> ClipModel:
    """Return a video model of transformers as a model of a bias report.

    VideoMAE, V-JEPA 2, TimeSformer, ViViT and others that take ``pixel_values`` or
    ``pixel_values_videos`` ``[N, T, 3, H, W]``. A classifier gives scores and the features that it
    takes them from, an encoder (a pre-training checkpoint, too) its tokens' mean as features. The
    folder's processor gives size and normalisation, its config the number of frames. Nothing is
    downloaded, and no code of the folder is run.

    Args:
        name: In the report.
        folder: Of ``save_pretrained``, or a downloaded repository.
        clip: The clips that it takes, in place of what the folder says.
        stride: Frames of the video from one of a clip to the next, or 'spread', which no folder
            says. None is a guess: what the released models of its type were evaluated with, see
            ``STRIDES`` and ``SPREADING``. It is printed as a warning, and stands in the report.
        clips: Of a video; answers to them are averaged.
        batch_size: Clips that it takes at once.

    Raises:
        FileNotFoundError: there is no such folder, or no config in it.
        MissingPackageError: transformers is not installed.
        ValueError: the folder does not say what clips its model takes.
    """
    folder = Path(folder)
    config = _read_json(name, folder, 'config.json')
    import_optional('transformers', f'{name} ({folder})', INSTALL)
    if clip is not None:
        check_clip(name, clip)
    guess = ''
    if clip is None:
        clip = read_clip(name, folder, stride, clips)
        if stride is None:
            guess = _stride_of(config['model_type'], clip.frames, _num_classes(config))[1]
            _warn_of_guess(name, guess, clip)
    with _said_by(name, folder):
        kind = _architecture(name, folder, config)
        classes = _classes(config)
    classifies = kind.endswith(CLASSIFIES)
    return ClipModel(
        name=name,
        clip=clip,
        load=partial(_load, name, folder, classifies),
        source=f'{kind} of transformers {metadata.version("transformers")}, {folder}',
        output='scores' if classifies else 'features',
        classes=classes if classifies else None,
        fingerprint=_fingerprint(folder),
        batch_size=batch_size,
        has_features=True,
        note=f'how far its frames are apart is a guess, that of {guess}' if guess else '',
    )


def _architecture(name: str, folder: Path, config: Mapping[str, Any]) -> str:
    """Return the class whose weights a folder has: a guess would make encoders of classifiers."""
    named = config.get('architectures')
    if not isinstance(named, list) or not named or not isinstance(named[0], str):
        raise ValueError(
            f'{name}: {folder}/config.json has architectures {named!r}, so whether its weights are '
            "a classifier's is not known: give the list with the name of the model's class that "
            'save_pretrained writes there, such as ["VideoMAEForVideoClassification"].'
        )
    return named[0]


def read_clip(
    name: str, folder: Path, stride: int | Literal['spread'] | None = None, clips: int = 1
) -> ClipSpec:
    """Return the clips that the model of a folder takes.

    Args:
        name: Of the model, for messages.
        folder: Its folder.
        stride: See :func:`from_hugging_face`.
        clips: Of a video.

    Raises:
        FileNotFoundError: config or processor is missing.
        ValueError: they do not say it.
    """
    with _said_by(name, folder):
        return _read_clip(name, folder, stride, clips)


def _read_clip(
    name: str, folder: Path, stride: int | Literal['spread'] | None, clips: int
) -> ClipSpec:
    config = _read_json(name, folder, 'config.json')
    kind = config.get('model_type', '')
    frames = config.get('num_frames') or config.get('frames_per_clip')
    stride = stride or _stride_of(kind, frames, _num_classes(config))[0]
    if not frames or not stride:
        missing = 'how many frames its clips have' if not frames else 'a stride'
        known = '' if not frames else f', and none is known of its type with {frames} frames'
        raise ValueError(
            f'{name}: {folder}/config.json (model_type {kind!r}) does not say {missing}{known}: '
            'give stride, or clip, a ClipSpec (on the command line --clip FRAMESxSTRIDExSIZE).'
        )
    file = next((folder / file for file in PROCESSORS if (folder / file).is_file()), None)
    if file is None:
        raise FileNotFoundError(
            f'{name}: {folder} has no {" or ".join(PROCESSORS[:2])}, which says how clips are '
            'normalised: save the processor there, or give clip, a ClipSpec (on the command line '
            '--clip).'
        )
    processor = _read_json(name, folder, file.name)
    processor = processor.get('video_processor') or processor.get('image_processor') or processor
    made = clip_of_processor(name, file, processor, config)
    return ClipSpec(frames=frames, stride=stride, layout='NTCHW', clips=clips, **made)


@contextmanager
def _said_by(name: str, folder: Path) -> Iterator[None]:
    """Name a model's folder where its files say something that they do not say elsewhere."""
    try:
        yield
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        if str(error).startswith(f'{name}: '):
            raise
        raise ValueError(
            f'{name}: the config or the processor of {folder} says what no clips can be made of '
            f'({str(error).rstrip(".")}): give the folder as save_pretrained writes it, or clip, a '
            'ClipSpec (on the command line --clip).'
        ) from error


def _stride_of(
    kind: str, frames: int | None, classes: int
) -> tuple[int | Literal['spread'] | None, str]:
    """Return the stride of the released models that are like this, None where there are none, and
    which they are."""
    if classes == SOMETHING_CLASSES and kind in SPREADING:
        return SPREAD, SPREADING[kind]
    models, strides = STRIDES.get(kind, ('', {}))
    return strides.get(frames, strides.get(None)), models


def _num_classes(config: Mapping[str, Any]) -> int:
    """Return the classes that a config names; 0 where it names none."""
    return len(config.get('id2label') or ())


def _warn_of_guess(name: str, models: str, clip: ClipSpec) -> None:
    """Say which stride was guessed: a wrong one fails nowhere."""
    height, width = clip.height_and_width
    size = f'{height}' if height == width else f'{height}x{width}'
    if isinstance(clip.stride, str):
        taken = 'Frames spread over the whole video are taken'
    else:
        taken = f'A stride of {clip.stride} is taken, {clip.span} frames of a video from end to end'
    print(
        f'warning: {name}: its folder does not say how far apart the frames of a clip are. {taken}'
        f': a guess, that of {models}. Where it was trained otherwise, state it: --clip '
        f'{clip.frames}xSTRIDEx{size}, or {clip.frames}xspreadx{size} for the whole video (in a '
        'program stride=).',
        flush=True,
    )


def _classes(config: Mapping[str, Any]) -> tuple[str, ...] | None:
    """Return the names of the classes; None where they are those that transformers makes up."""
    names = {int(number): str(name) for number, name in (config.get('id2label') or {}).items()}
    if not names or all(name == f'LABEL_{number}' for number, name in names.items()):
        return None
    return tuple(names[number] for number in sorted(names))


def _load(name: str, folder: Path, classifies: bool) -> Run:
    transformers = import_optional('transformers', f'{name} ({folder})', INSTALL)
    kind = 'AutoModelForVideoClassification' if classifies else 'AutoModel'
    try:
        with _quiet(transformers):
            model, info = getattr(transformers, kind).from_pretrained(
                folder, local_files_only=True, output_loading_info=True
            )
    except (ImportError, MemoryError):
        raise
    except Exception as error:  # of safetensors, of pickle, of transformers itself
        reason = (str(error).strip() or '?').splitlines()[0]
        raise ValueError(
            f'{name}: transformers cannot load the model of {folder} ({type(error).__name__}: '
            f'{reason}): give a folder with whole weights, as save_pretrained writes it or a '
            'download is when it is through.'
        ) from error
    missing = sorted(key for key in info['missing_keys'] if '.pooler.' not in f'.{key}')
    if missing:
        raise ValueError(
            f'{name}: {folder} lacks {len(missing)} tensors of {type(model).__name__}, such as '
            f'{missing[0]}, which would stay random: give the folder of a whole model.'
        )
    model = on_device(model.float())
    return _classifier(model) if classifies else _encoder(model)


def _classifier(model: Any) -> Run:
    """Return scores, and the features of the encoder below."""
    caught: list[Any] = []
    encoder: nn.Module = model.base_model
    encoder.register_forward_hook(lambda module, inputs, output: caught.append(output))

    def run(clips: Tensor) -> dict[str, Tensor]:
        caught.clear()
        scores = model(**{model.main_input_name: clips.to(model.device)}).logits
        return dict(scores=scores, features=_tokens(caught[-1]))

    return run


def _encoder(model: Any) -> Run:
    # V-JEPA 2's whole model has a predictor behind its encoder.
    vision: Callable[..., Any] = getattr(model, 'get_vision_features', model)

    def run(clips: Tensor) -> dict[str, Tensor]:
        return dict(features=_tokens(vision(**{model.main_input_name: clips.to(model.device)})))

    return run


def _tokens(output: Any) -> Tensor:
    """Return the last hidden state, ``[N, L, D]``."""
    if isinstance(output, Tensor):
        return output
    tokens: Tensor = output[0] if isinstance(output, tuple) else output.last_hidden_state
    return tokens


@contextmanager
def _quiet(transformers: ModuleType) -> Iterator[None]:
    """Keep transformers' bars, and its warnings of what it did not use: decoders, heads."""
    logging = transformers.logging
    level, bars = logging.get_verbosity(), logging.is_progress_bar_enabled()
    logging.set_verbosity_error()
    logging.disable_progress_bar()
    try:
        yield
    finally:
        logging.set_verbosity(level)
        if bars:
            logging.enable_progress_bar()


def _fingerprint(folder: Path) -> str:
    """Return a digest of config, processor and weights."""
    whole = hashlib.sha256()
    for file in sorted(folder.iterdir()):
        if file.suffix in ('.json', '.safetensors', '.bin'):
            whole.update(f'{file.name}\0{file_sha256(file)}\0'.encode())
    return whole.hexdigest()


def _read_json(name: str, folder: Path, file: str) -> dict[str, Any]:
    if not (folder / file).is_file():
        raise FileNotFoundError(
            f'{name}: {folder} has no {file}: give a folder that save_pretrained has written, or a '
            'downloaded repository.'
        )
    try:
        content = json.loads((folder / file).read_text(encoding='utf-8'))
    except ValueError as error:
        raise ValueError(f'{name}: {folder / file} is not JSON: {error}') from error
    if not isinstance(content, dict):
        raise ValueError(
            f'{name}: {folder / file} holds a {type(content).__name__}, and not keys and their '
            'values: give the folder as save_pretrained writes it.'
        )
    return content

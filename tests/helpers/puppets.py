"""Videos whose scene and action are plain, and models that know one of them."""

import numpy as np

from helpers.videos import write_video

SIZE, FRAMES, SIDE = 32, 16, 8
# The colour of a scene's wall; the actor is red.
WALLS = ((40, 160, 60), (60, 60, 170))


def draw(action, scene, rng):
    """Frames and masks of a red square that goes right (action 0) or down (1) before a wall."""
    noise = rng.integers(-8, 8, (SIZE, SIZE, 1))
    frames = np.repeat((np.array(WALLS[scene]) + noise)[None], FRAMES, 0).astype(np.uint8)
    masks = np.zeros((FRAMES, SIZE, SIZE), bool)
    for t in range(FRAMES):
        place = [4, 4]
        place[1 - action] += t
        masks[t, place[0] : place[0] + SIDE, place[1] : place[1] + SIDE] = True
    frames[masks] = (230, 30, 30)
    return frames, masks


def write_puppets(folder, per_class=4, name='puppets'):
    """Write videos whose scene goes with their action, with masks; return paths and labels."""
    rng, paths, labels = np.random.default_rng(0), [], []
    (folder / name).mkdir(parents=True)
    (folder / 'masks' / name).mkdir(parents=True)
    for number in range(2 * per_class):
        action = number % 2
        frames, masks = draw(action, action, rng)
        path = folder / name / f'{number:02}.mp4'
        write_video(path, frames)
        np.savez(folder / 'masks' / name / f'{number:02}.npz', masks)
        paths.append(path)
        labels.append(action)
    return paths, labels


def red(clips):
    """Where the actor is, float [N, T, H, W], of clips in [0, 1]."""
    return ((clips[:, 0] > 0.6) & (clips[:, 1] < 0.4) & (clips[:, 2] < 0.4)).float()


def knows_the_answer(clips):
    """Scores of a model that follows the actor: whether it goes right or down."""
    import torch

    shown = red(clips)
    rows, columns = (torch.arange(side).float() for side in clips.shape[3:])
    mass = shown.sum((2, 3)).clamp(min=1)
    down = (shown.sum(3) * rows).sum(2) / mass
    right = (shown.sum(2) * columns).sum(2) / mass
    moved = [(path[:, -1] - path[:, 0]) for path in (right, down)]
    return torch.stack(moved, 1)


def knows_the_scene(clips):
    """Scores of a model that looks at the wall: green or blue."""
    import torch

    behind = 1 - red(clips)
    amount = behind.sum((1, 2, 3)).clamp(min=1)
    green, blue = ((clips[:, c] * behind).sum((1, 2, 3)) / amount for c in (1, 2))
    return torch.stack([green - blue, blue - green], 1)

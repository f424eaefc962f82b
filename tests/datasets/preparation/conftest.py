"""Miniature datasets in the official layouts."""

import csv
import json
import zipfile

import pytest

from helpers.miniatures import pack, small, write_lines, write_video
from mmdebias.datasets import preparation


@pytest.fixture(scope='session')
def ucf101(tmp_path_factory):
    """``UCF-101/<class>/*.avi`` and ``ucfTrainTestlist/*.txt``; (recipe, videos, annotations)."""
    root = tmp_path_factory.mktemp('ucf101')
    classes = ['ApplyEyeMakeup', 'HandstandPushups', 'YoYo']
    write_lines(
        root / 'lists/ucfTrainTestlist/classInd.txt',
        [f'{i} {name}' for i, name in enumerate(classes, 1)],
    )
    # The official folder is spelt HandstandPushups, its videos v_HandStandPushups.
    videos = [
        f'{name}/v_{name.replace("Handstand", "HandStand")}_g{group:02}_c01.avi'
        for name in classes
        for group in (1, 2, 3)
    ]
    for video in videos:
        write_video(root / 'videos/UCF-101' / video)
    for split in (1, 2, 3):
        test = [video for video in videos if f'_g{split:02}_' in video]
        train = [
            f'{video} {classes.index(video.split("/")[0]) + 1}'
            for video in videos
            if video not in test
        ]
        write_lines(root / f'lists/ucfTrainTestlist/trainlist{split:02}.txt', train)
        write_lines(root / f'lists/ucfTrainTestlist/testlist{split:02}.txt', test)
    recipe = small(preparation.UCF101, preparation.read_ucf101, 3)
    return recipe, pack(root / 'UCF101.zip', root / 'videos'), pack(root / 's.zip', root / 'lists')


@pytest.fixture(scope='session')
def hmdb51(tmp_path_factory):
    """An archive of one archive a class, and ``<class>_test_split<n>.txt``.

    Zip stands for rar, which nothing free writes.
    """
    root = tmp_path_factory.mktemp('hmdb51')
    for name in ('brush_hair', 'wave'):
        videos = [f'Clip_#{i}_{name}_u_nm_np1_ba_goo_0.avi' for i in range(4)]
        for video in videos:
            write_video(root / name / name / video)
        for split in (1, 2, 3):
            uses = [1, 1, 2, 0][-split:] + [1, 1, 2, 0][:-split]
            write_lines(
                root / f'splits/testTrainMulti_7030_splits/{name}_test_split{split}.txt',
                [f'{video} {use} ' for video, use in zip(videos, uses)],
            )
        (root / 'outer').mkdir(exist_ok=True)
        pack(root / f'outer/{name}.zip', root / name)
    recipe = small(preparation.HMDB51, preparation.read_hmdb51, 2)
    outer = pack(root / 'hmdb51_org.zip', root / 'outer')
    return recipe, outer, pack(root / 'test_train_splits.zip', root / 'splits')


@pytest.fixture(scope='session')
def diving48(tmp_path_factory):
    """``rgb/*.mp4`` in a .tar.gz, and the .json files of version 2."""
    root = tmp_path_factory.mktemp('diving48')
    vocabulary = [['Back', '15som', '05Twis', 'FREE'], ['Forward', '15som', 'NoTwis', 'PIKE']]
    names = [f'_8Vy3dlHg2w_{i:05}' for i in range(6)]
    for name in names:
        write_video(root / f'videos/rgb/{name}.mp4')
    entries = [
        {'vid_name': name, 'label': i % 2, 'start_frame': 0, 'end_frame': 20}
        for i, name in enumerate(names)
    ]
    (root / 'json').mkdir()
    for file, content in (
        ('Diving48_V2_train.json', entries[:4]),
        ('Diving48_V2_test.json', entries[4:]),
        ('Diving48_vocab.json', vocabulary),
    ):
        (root / 'json' / file).write_text(json.dumps(content))
    recipe = small(preparation.DIVING48, preparation.read_diving48, 2)
    return recipe, pack(root / 'Diving48_rgb.tar.gz', root / 'videos'), root / 'json'


@pytest.fixture(scope='session')
def sthv2(tmp_path_factory):
    """One .tar.gz of .webm videos, cut into three parts, each in a .zip; labels in a .zip."""
    root = tmp_path_factory.mktemp('sthv2')
    for i in range(1, 6):
        write_video(root / f'videos/20bn-something-something-v2/{i}.webm')
    whole = pack(root / 'whole.tar.gz', root / 'videos').read_bytes()
    third = len(whole) // 3
    parts = []
    for i in range(3):
        piece = whole[i * third : (i + 1) * third if i < 2 else None]
        name = f'20bn-something-something-v2-{i:02}'
        parts.append(root / f'{name}.zip')
        with zipfile.ZipFile(parts[-1], 'w') as file:
            file.writestr(name, piece)
    labels = {'Putting something on a surface': '1', 'Holding something': '0'}
    templates = ['Putting [something] on [a surface]', 'Holding [something]']
    entries = [
        {'id': str(i), 'label': 'putting a cup on a table', 'template': templates[i % 2]}
        for i in range(1, 6)
    ]
    (root / 'json/labels').mkdir(parents=True)
    for file, content in (
        ('labels', labels),
        ('train', entries[:3]),
        ('validation', entries[3:]),
        ('test', [{'id': '6'}]),
    ):
        (root / f'json/labels/{file}.json').write_text(json.dumps(content))
    recipe = small(preparation.STHV2, preparation.read_sthv2, 2)
    return recipe, parts, pack(root / 'labels.zip', root / 'json')


@pytest.fixture(scope='session')
def kinetics400(tmp_path_factory):
    """Flat archives of clips as at the CVDF, one of the clips gone, one broken and replaced."""
    root = tmp_path_factory.mktemp('kinetics400')
    header = ['label', 'youtube_id', 'time_start', 'time_end', 'split', 'is_cc']
    rows = [
        ['zumba', 'aaaaaaaaaa1', 10, 20, 'train', 0],
        ['air drumming', '-bbbbbbbbb2', 0, 10, 'train', 0],
        ['air drumming', 'ccccccccc_3', 417, 427, 'train', 0],
        ['zumba', 'ddddddddd-4', 5, 15, 'validate', 0],
        ['air drumming', 'eeeeeeeeee5', 5, 15, 'validate', 0],
    ]
    (root / 'csv/kinetics400').mkdir(parents=True)
    for file, split in (('train', 'train'), ('validate', 'validate')):
        with (root / f'csv/kinetics400/{file}.csv').open('w', newline='') as out:
            csv.writer(out).writerows([header, *(row for row in rows if row[4] == split)])
    write_video(root / 'train/aaaaaaaaaa1_000010_000020.mp4')
    (root / 'train/-bbbbbbbbb2_000000_000010.mp4').write_bytes(b'not a video')
    write_video(root / 'replaced/replacement/-bbbbbbbbb2_000000_000010.mp4')
    write_video(root / 'val/ddddddddd-4_000005_000015.mp4')
    write_video(root / 'val/eeeeeeeeee5_000005_000015.mp4')
    recipe = small(preparation.KINETICS400, preparation.read_kinetics400, 2)
    archives = {
        name: pack(root / f'{name}.tar.gz', root / name) for name in ('train', 'val', 'replaced')
    }
    return recipe, archives, pack(root / 'kinetics400.tar.gz', root / 'csv')

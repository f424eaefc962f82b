"""Parts of a preparation that run at the same time write what one run writes."""

import csv
import importlib
import json
import re
import shutil
import subprocess
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from helpers.miniatures import lines, pack
from helpers.numbered import encode
from helpers.running import ROOT, environment
from mmdebias.datasets.preparation import Shard, command, parse_shard, prepare, unpack_all
from mmdebias.datasets.preparation.shards import check_whole
from mmdebias.video import IndexFile

prepare_module = importlib.import_module('mmdebias.datasets.preparation.prepare')

TEXTS = ('*.txt', 'report.json', 'prepare.json')


def texts(out):
    return {path.name: path.read_text() for pattern in TEXTS for path in out.glob(pattern)}


@pytest.mark.parametrize('size', [None, 32])
def test_shards_and_a_merge_write_what_one_run_writes(kinetics400, size, tmp_path):
    recipe, archives, annotations = kinetics400
    videos = {'videos_train': [archives['train']], 'videos_val': [archives['val']]}
    whole, parts = tmp_path / 'whole', tmp_path / 'parts'
    prepare(recipe, [annotations], videos, whole, size)

    unpack_all([annotations], videos, parts)
    with ThreadPoolExecutor(3) as pool:
        shards = [Shard(number, 3) for number in (1, 2, 3)]
        reports = list(
            pool.map(
                lambda shard: prepare(recipe, [annotations], videos, parts, size, shard=shard),
                shards,
            )
        )
    assert not list(parts.glob('*_videos.txt')) and not (parts / 'report.json').exists()
    assert sum(report['videos'] for report in reports) == 4
    prepare(recipe, [annotations], videos, parts, size, merge=True)
    # Error messages name the folder.
    found = {name: text.replace(str(parts), str(whole)) for name, text in texts(parts).items()}
    assert found == texts(whole)
    assert len(IndexFile(parts / 'video_index.bin')) == 3


def test_a_merge_does_nothing_again(ucf101, tmp_path, monkeypatch):
    recipe, videos, annotations = ucf101
    sources = {'videos': [videos]}
    unpack_all([annotations], sources, tmp_path)
    for number in (1, 2):
        prepare(recipe, [annotations], sources, tmp_path, 32, shard=Shard(number, 2))
    monkeypatch.setattr('mmdebias.datasets.preparation.checking.check_video', None)
    monkeypatch.setattr(prepare_module, 'resize_video', None)
    prepare(recipe, [annotations], sources, tmp_path, 32, merge=True)
    assert len(lines(tmp_path / 'ucf101_train_split_1_videos.txt')) == 6


def test_a_merge_names_the_shards_that_are_not_whole(ucf101, tmp_path, monkeypatch):
    recipe, videos, annotations = ucf101
    sources = {'videos': [videos]}
    unpack_all([annotations], sources, tmp_path)
    with pytest.raises(FileNotFoundError, match=r'shards holds no shards: run --shard 1/N'):
        prepare(recipe, [annotations], sources, tmp_path, merge=True)
    prepare(recipe, [annotations], sources, tmp_path, shard=Shard(2, 4))
    with monkeypatch.context() as patch:  # shard 3 is interrupted
        patch.setattr(prepare_module, 'check_videos', lambda *args: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            prepare(recipe, [annotations], sources, tmp_path, shard=Shard(3, 4))
    with pytest.raises(FileNotFoundError, match=r'of 4 shards, 3 are not whole: 1/4, 3/4, 4/4\.'):
        prepare(recipe, [annotations], sources, tmp_path, merge=True)
    prepare(recipe, [annotations], sources, tmp_path, shard=Shard(1, 2))
    with pytest.raises(ValueError, match='holds shards of 2 and of 4: remove'):
        check_whole(tmp_path)


def test_each_shard_has_a_journal_of_its_own_and_reads_those_of_others(ucf101, tmp_path):
    recipe, videos, annotations = ucf101
    sources = {'videos': [videos]}
    unpack_all([annotations], sources, tmp_path)
    for number in (1, 2):
        prepare(recipe, [annotations], sources, tmp_path, shard=Shard(number, 2))
    journals = [tmp_path / f'shards/{number}-of-2/checks.jsonl' for number in (1, 2)]
    paths = [{json.loads(line)['path'] for line in lines(path) if line} for path in journals]
    assert list(map(len, paths)) == [5, 4] and not paths[0] & paths[1]
    # Another number of shards goes on with what these have done.
    prepare(recipe, [annotations], sources, tmp_path, shard=Shard(1, 3))
    assert not (tmp_path / 'shards/1-of-3/checks.jsonl').exists()


def test_shards_unpack_nothing(ucf101, tmp_path):
    recipe, videos, annotations = ucf101
    with pytest.raises(FileNotFoundError, match=r'is not unpacked yet.* --unpack instead of'):
        prepare(recipe, [annotations], {'videos': [videos]}, tmp_path, shard=Shard(1, 2))
    assert not list(tmp_path.iterdir())


def test_shards_with_other_settings_are_refused(ucf101, tmp_path):
    recipe, videos, annotations = ucf101
    sources = {'videos': [videos]}
    unpack_all([annotations], sources, tmp_path)
    prepare(recipe, [annotations], sources, tmp_path, 32, shard=Shard(1, 2))
    with pytest.raises(FileExistsError, match='resize=32, and this command says 48'):
        prepare(recipe, [annotations], sources, tmp_path, 48, shard=Shard(2, 2))
    with pytest.raises(FileExistsError, match="codec='h264', and this command says 'mjpeg'"):
        prepare(recipe, [annotations], sources, tmp_path, 32, codec='mjpeg', shard=Shard(2, 2))


def test_shards_share_everything():
    items = {number: -number for number in range(10)}
    shares = [Shard(number, 4).share(items) for number in (1, 2, 3, 4)]
    assert sorted(key for share in shares for key in share) == list(items)
    assert all(share[key] == -key for share in shares for key in share)
    assert parse_shard('3/8') == Shard(3, 8) and str(Shard(3, 8)) == '3/8'


def test_command_line(ucf101, tmp_path, capsys):
    recipe, videos, annotations = ucf101
    recipe = type(recipe)(**{**vars(recipe), 'whole': False})
    copied = Path(shutil.copy(videos, tmp_path))
    given = ['--annotations', annotations, '--videos', copied, '--out', tmp_path / 'o']
    options = [*map(str, given), '--workers', '1']
    assert command.main(recipe, '', [*options, '--shard', '1/2']) == 2
    assert '--unpack instead of --shard first' in capsys.readouterr().err
    assert command.main(recipe, '', [*options, '--unpack']) == 0
    assert f'UCF101 is unpacked to {tmp_path / "o/unpacked"}' in capsys.readouterr().out
    assert command.main(recipe, '', [*options, '--merge']) == 2
    assert command.main(recipe, '', [*options, '--shard', '1/2']) == 0
    assert 'shard 1/2 of UCF101' in (text := capsys.readouterr().out) and '5 videos, 0 of' in text
    assert command.main(recipe, '', [*options, '--merge']) == 2
    assert '1 are not whole: 2/2' in capsys.readouterr().err
    assert command.main(recipe, '', [*options, '--shard', '2/2']) == 0
    assert command.main(recipe, '', [*options, '--merge']) == 0
    assert 'ucf101_train_split_1_videos.txt: 6 of 6 videos' in capsys.readouterr().out


# A stand-in that runs the jobs of ``sbatch --wait --array=1-N --wrap COMMAND`` at the same time.
SBATCH = """#!/bin/bash
[[ "$1 $2 $3" =~ ^--wait\\ --array=1-([0-9]+)\\ --wrap$ ]] || exit 1
for number in $(seq "${BASH_REMATCH[1]}"); do
    SLURM_ARRAY_TASK_ID=$number bash -c "$4" || touch failed &
done
wait
test ! -e failed
"""


@pytest.mark.slow
def test_the_job_array_of_the_readme_runs(tmp_path):
    readme = (ROOT / 'tools/data/README.md').read_text()
    block = re.search(r'## Job arrays\n.*?```bash\n(.*?)```', readme, re.S)[1]
    assert '1-8' in block and '/8' in block
    block = block.replace('1-8', '1-2').replace('/8', '/2')  # each job takes seconds to start
    names = [f'{number:011}_000000_000010' for number in range(12)]
    (tmp_path / 'k400_targz/train').mkdir(parents=True)
    for name in names[:10]:
        encode(tmp_path / f'k400_targz/train/{name}.mp4', 'mpeg4', frames=20)
    (tmp_path / 'csv').mkdir()
    header = ['label', 'youtube_id', 'time_start', 'time_end', 'split']
    for file in ('train', 'validate'):
        with (tmp_path / f'csv/{file}.csv').open('w', newline='') as out:
            rows = [[f'class {i}', f'{i:011}', 0, 10, file] for i in range(400)]
            csv.writer(out).writerows([header, *rows])
    pack(tmp_path / 'kinetics400.tar.gz', tmp_path / 'csv')
    (tmp_path / 'tools').symlink_to(ROOT / 'tools')
    (tmp_path / 'bin').mkdir()
    (tmp_path / 'bin/sbatch').write_text(SBATCH)
    (tmp_path / 'bin/sbatch').chmod(0o755)
    variables = environment(PYTHONPATH=str(ROOT))
    variables['PATH'] = f'{tmp_path / "bin"}:{variables["PATH"]}'
    variables.pop('MMDEBIAS_DATA', None)
    done = subprocess.run(
        ['bash', '-euo', 'pipefail', '-c', block],
        cwd=tmp_path, env=variables, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
    )  # fmt: skip
    assert not done.returncode, done.stdout
    assert 'kinetics400_train_list_videos.txt: 10 of 400 videos' in done.stdout
    assert len(list((tmp_path / 'data/kinetics400/shards').iterdir())) == 2
    assert len(IndexFile(tmp_path / 'data/kinetics400/video_index.bin')) == 10

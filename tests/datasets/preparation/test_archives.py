"""Archives: whole or not there, continued, damaged, hostile, or of a kind nothing here reads."""

import io
import os
import tarfile
import zipfile

import pytest

from mmdebias.datasets.preparation import archives, unpack


def content(folder):
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob('*')
        if path.is_file()
    }


@pytest.fixture
def members():
    return {f'top/{i}.avi': bytes([i]) * (1000 + i) for i in range(5)}


def write_zip(path, members):
    with zipfile.ZipFile(path, 'w', zipfile.ZIP_DEFLATED) as file:
        for name, data in members.items():
            file.writestr(name, data)
    return path


def write_tar(path, members):
    with tarfile.open(path, 'w:gz') as file:
        for name, data in members.items():
            info = tarfile.TarInfo(name)
            info.size = len(data)
            file.addfile(info, io.BytesIO(data))
    return path


@pytest.mark.parametrize(('write', 'name'), [(write_zip, 'a.zip'), (write_tar, 'a.tar.gz')])
def test_archives_are_unpacked_once(write, name, members, tmp_path):
    archive = write(tmp_path / name, members)
    (folder,) = unpack([archive], tmp_path / 'out')
    assert folder == tmp_path / 'out/a' and content(folder) == members
    archive.write_bytes(b'not looked at again')
    assert unpack([archive], tmp_path / 'out') == [folder]


@pytest.mark.parametrize(('write', 'name'), [(write_zip, 'a.zip'), (write_tar, 'a.tar.gz')])
def test_an_interruption_leaves_nothing_that_looks_finished(
    write, name, members, tmp_path, monkeypatch
):
    archive = write(tmp_path / name, members)
    stored = []

    def store_until_stopped(source, target, size):
        if len(stored) == 2:
            # Half of a file is written when the machine goes down.
            archives.unfinished_path(target).write_bytes(b'half')
            raise KeyboardInterrupt
        stored.append(target.name)
        original(source, target, size)

    original = archives._store
    monkeypatch.setattr(archives, '_store', store_until_stopped)
    with pytest.raises(KeyboardInterrupt):
        unpack([archive], tmp_path / 'out')
    assert not (tmp_path / 'out/a').exists()
    (done,) = (tmp_path / 'out').glob('.tmp-a/top/0.avi')
    before = done.stat().st_mtime_ns
    monkeypatch.undo()
    (folder,) = unpack([archive], tmp_path / 'out')
    assert content(folder) == members
    assert (folder / 'top/0.avi').stat().st_mtime_ns == before


def test_archives_in_archives_and_in_folders(members, tmp_path):
    inner = {name: write_zip(tmp_path / f'{name}.zip', members).read_bytes() for name in 'ab'}
    outer = write_zip(tmp_path / 'outer.zip', {f'{k}.zip': v for k, v in inner.items()})
    (folder,) = unpack([outer], tmp_path / 'out')
    assert content(folder) == members
    (tmp_path / 'many').mkdir()
    for name, data in inner.items():
        (tmp_path / f'many/{name}.zip').write_bytes(data)
    found = unpack([tmp_path / 'many'], tmp_path / 'out2')
    assert found == [tmp_path / 'many', tmp_path / 'out2/a', tmp_path / 'out2/b']


@pytest.mark.parametrize('cut', [10, 60])
@pytest.mark.parametrize(('write', 'name'), [(write_zip, 'a.zip'), (write_tar, 'a.tar.gz')])
def test_damaged_archives_are_named(write, name, cut, members, tmp_path):
    members['top/random'] = os.urandom(2000)
    archive = write(tmp_path / name, members)
    archive.write_bytes(archive.read_bytes()[: -archive.stat().st_size * cut // 100])
    with pytest.raises(RuntimeError, match=f'{name} is damaged or incomplete'):
        unpack([archive], tmp_path / 'out')
    assert not (tmp_path / 'out/a').exists()


@pytest.mark.parametrize('name', ['../evil.txt', '/evil.txt', 'a/../../evil.txt'])
def test_members_may_not_leave_their_folder(name, tmp_path):
    for archive in (
        write_tar(tmp_path / 'a.tar.gz', {name: b'x'}),
        write_zip(tmp_path / 'b.zip', {name: b'x'}),
    ):
        with pytest.raises(ValueError, match='wants to write to'):
            unpack([archive], tmp_path / 'out')
    assert not list(tmp_path.rglob('evil.txt'))


def test_two_archives_of_one_name_are_refused(members, tmp_path):
    for folder in 'ab':
        (tmp_path / folder).mkdir()
        write_zip(tmp_path / folder / 'part.zip', members)
    with pytest.raises(ValueError, match='have the same name'):
        unpack([tmp_path / 'a/part.zip', tmp_path / 'b/part.zip'], tmp_path / 'out')


def test_parts_without_zip_are_joined(members, tmp_path):
    whole = write_tar(tmp_path / 'whole.tar.gz', members).read_bytes()
    parts = []
    for i in range(2):
        parts.append(tmp_path / f'20bn-something-something-v2-{i:02}')
        parts[-1].write_bytes(whole[i * 100 : 100 if i == 0 else None])
    (folder,) = unpack(parts, tmp_path / 'out')
    assert folder.name == '20bn-something-something-v2' and content(folder) == members
    parts[1].write_bytes(parts[1].read_bytes()[:-30])
    with pytest.raises(RuntimeError, match='v2-01 is damaged or incomplete'):
        unpack(parts, tmp_path / 'again')


def test_rar_without_a_program_says_what_to_install(tmp_path, monkeypatch):
    (tmp_path / 'UCF101.rar').write_bytes(b'Rar!')
    monkeypatch.setenv('PATH', str(tmp_path))
    with pytest.raises(RuntimeError, match=r'apt-get install unar.* give the folder'):
        unpack([tmp_path / 'UCF101.rar'], tmp_path / 'out')


@pytest.mark.parametrize('program', archives.RAR_PROGRAMS)
def test_rar_goes_through_a_program(program, tmp_path, monkeypatch):
    """A stand-in program: it writes its arguments where the real one would write videos."""
    script = tmp_path / 'bin' / program
    script.parent.mkdir()
    folder = tmp_path / 'out/.tmp-UCF101'
    script.write_text(f'#!/bin/sh\necho "$@" > {folder}/arguments\n')
    script.chmod(0o755)
    archive = tmp_path / 'UCF101.rar'
    archive.write_bytes(b'Rar!')
    monkeypatch.setenv('PATH', str(script.parent))
    (found,) = unpack([archive], tmp_path / 'out')
    arguments = (found / 'arguments').read_text()
    assert str(archive) in arguments and str(folder) in arguments

    script.write_text('#!/bin/sh\necho checksum error >&2\nexit 3\n')
    with pytest.raises(RuntimeError, match=rf'\({program}, exit status 3: checksum error\)'):
        unpack([archive], tmp_path / 'other')
    assert not (tmp_path / 'other/UCF101').exists()


def test_rar_goes_to_the_next_program_where_one_fails(tmp_path, monkeypatch):
    """As with archives of version 5 and an old unar, or a 7z without its part for .rar."""
    (tmp_path / 'bin').mkdir()
    for program, text in (('unar', 'exit 1'), ('bsdtar', 'echo done > "$5/video.avi"')):
        (tmp_path / 'bin' / program).write_text(f'#!/bin/sh\n{text}\n')
        (tmp_path / 'bin' / program).chmod(0o755)
    (tmp_path / 'a.rar').write_bytes(b'Rar!')
    monkeypatch.setenv('PATH', str(tmp_path / 'bin'))
    (found,) = unpack([tmp_path / 'a.rar'], tmp_path / 'out')
    assert content(found) == {'video.avi': b'done\n'}

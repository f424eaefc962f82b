"""A result names the code, versions and settings that decided it."""

import hashlib

import torch

from mmdebias.provenance import digest, file_sha256, versions


def test_versions_are_those_that_run():
    found = versions()
    assert found['torch'] == torch.__version__
    assert set(found) == {'mmdebias', 'mmaction2', 'mmengine', 'torch', 'av', 'python'}


def test_digests_tell_contents_and_settings_apart(tmp_path):
    (tmp_path / 'a').write_bytes(b'x' * 3_000_000)
    assert file_sha256(tmp_path / 'a') == hashlib.sha256(b'x' * 3_000_000).hexdigest()
    assert digest('a', dict(b=1)) == digest('a', dict(b=1)) != digest('a', dict(b=2))

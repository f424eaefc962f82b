"""The index of the configs, in OpenMMLab's form: all are listed, and what it says is so."""

import re
from collections import Counter

import pytest
from mmengine.config import Config
from mmengine.fileio import load
from mmengine.hub import get_config

from helpers.running import ROOT

METAFILES = [ROOT / path for path in load(ROOT / 'model-index.yml')['Import']]
MODELS = [model for file in METAFILES for model in load(file)['Models']]


def test_what_papers_report_is_listed_once():
    configs = {
        str(path.relative_to(ROOT))
        for path in (ROOT / 'configs').rglob('*.py')
        if '_base_' not in path.parts
    }
    listed = Counter(model['Config'] for model in MODELS)

    assert listed.keys() - configs == set(), 'there are no such configs'
    # No paper has numbers of nets for generated videos, nor of the robust mask.
    missing = {name for name in configs - listed.keys() if not re.search('toy|robust', name)}
    assert missing == set(), 'list them in the metafile.yml of their folder'
    assert set(listed.values()) == {1}
    assert sorted(METAFILES) == sorted((ROOT / 'configs').rglob('metafile.yml'))


def test_names_are_unique():
    assert max(Counter(model['Name'] for model in MODELS).values()) == 1


@pytest.mark.parametrize('file', METAFILES, ids=lambda file: file.parent.name)
def test_a_metafile_has_openmmlabs_form(file):
    content = load(file)

    assert list(content) == ['Collections', 'Models']
    for collection in content['Collections']:
        assert list(collection) == ['Name', 'README', 'Paper']
        assert (ROOT / collection['README']).is_file()
        assert list(collection['Paper']) == ['Title', 'URL']
    names = {collection['Name'] for collection in content['Collections']}
    for model in content['Models']:
        # Weights and Results come when there are some.
        assert list(model) == ['Name', 'Config', 'In Collection', 'Metadata']
        assert model['In Collection'] in names


@pytest.mark.parametrize('model', MODELS, ids=lambda model: model['Name'])
def test_the_metadata_are_those_of_the_config(model):
    cfg, metadata = Config.fromfile(ROOT / model['Config']), model['Metadata']

    assert metadata['Architecture']
    if cfg.get('train_dataloader') is None:
        assert list(metadata) == ['Architecture']
    else:
        assert metadata['Batch Size'] == cfg.train_dataloader.batch_size  # of a process
        assert metadata['Epochs'] == cfg.train_cfg.max_epochs
        assert metadata['Training Data']


def test_mmengine_finds_configs_by_the_index():
    cfg = get_config('mmdebias::fame/i3d_k400.py')

    assert cfg.model.backbone.type == 'InceptionI3D'
    with pytest.raises(FileNotFoundError):
        get_config('mmdebias::fame/of_no_net.py')


def test_mims_reader_reads_the_index():
    # Not in the extra "test": it installs a package called `tests`, which hides this folder.
    reader = pytest.importorskip('modelindex', reason="mim's reader is model-index")

    index = reader.load(str(ROOT / 'model-index.yml'))

    index.build_models_with_collections()
    assert len(index.models) == len(MODELS)

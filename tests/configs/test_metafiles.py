"""The index of configs with a published number or weights, in OpenMMLab's form: what it says is so.

A config with neither needs no entry; a number is that of the encoder that was pre-trained.
"""

from collections import Counter

import pytest
from mmengine.config import Config
from mmengine.fileio import load
from mmengine.hub import get_config

from helpers.running import ROOT

METAFILES = [ROOT / path for path in load(ROOT / 'model-index.yml')['Import']]
MODELS = [model for file in METAFILES for model in load(file)['Models']]


def test_what_is_listed_is_there_once():
    listed = Counter(model['Config'] for model in MODELS)

    assert [name for name in listed if not (ROOT / name).is_file()] == []
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
        assert list(model)[:4] == ['Name', 'Config', 'In Collection', 'Metadata']
        assert model['In Collection'] in names
        # Weights and Results come when there are some, and without either an entry says nothing.
        assert list(model)[4:] in (['Results'], ['Results', 'Weights'], ['Weights'])


@pytest.mark.parametrize('model', MODELS, ids=lambda model: model['Name'])
def test_the_metadata_are_those_of_the_config(model):
    cfg, metadata = Config.fromfile(ROOT / model['Config']), model['Metadata']

    assert metadata['Architecture'] and metadata['Training Data']
    assert metadata['Batch Size'] == cfg.train_dataloader.batch_size  # of a process
    assert metadata['Epochs'] == cfg.train_cfg.max_epochs


@pytest.mark.parametrize('model', MODELS, ids=lambda model: model['Name'])
def test_a_number_is_in_the_readme_that_says_whose_it_is(model):
    readme = (ROOT / 'configs' / model['Config'].split('/')[1] / 'README.md').read_text()
    others = [(ROOT / 'configs' / f / 'README.md').read_text() for f in ('finetune', 'low_shot')]
    if model['In Collection'] == 'MoCo':  # FAME reports its baseline
        readme += (ROOT / 'configs' / 'fame' / 'README.md').read_text()

    for result in model.get('Results', []):
        assert list(result) == ['Task', 'Dataset', 'Metrics']
        for name, value in result['Metrics'].items():
            assert name.endswith('(published)'), 'ours come with Weights'
            assert any(f'{value:.1f}' in text for text in (readme, *others)), (name, value)


@pytest.mark.parametrize('name', ['fame/i3d_k400.py', 'finetune/i3d_ucf101.py'])
def test_mmengine_finds_configs_in_the_index_or_not(name):
    cfg = get_config(f'mmdebias::{name}')

    assert cfg.model.backbone.type == 'InceptionI3D'
    with pytest.raises(FileNotFoundError):
        get_config('mmdebias::fame/of_no_net.py')


def test_mims_reader_reads_the_index():
    # Not in the extra "test": it installs a package called `tests`, which hides this folder.
    reader = pytest.importorskip('modelindex', reason="mim's reader is model-index")

    index = reader.load(str(ROOT / 'model-index.yml'))

    index.build_models_with_collections()
    assert len(index.models) == len(MODELS)

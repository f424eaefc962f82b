import dataclasses

from mmdebias.config_checks import typed
from mmdebias.methods import METHODS
from mmdebias.study import ROWS, SCALES, Settings, study_config


def test_all_methods_share_clips_schedule_and_net():
    settings = Settings(epochs=5, size=28)
    configs = {name: study_config(name, 1, settings) for name in ROWS}
    assert len({str(cfg.optim_wrapper) + str(cfg.param_scheduler) for cfg in configs.values()}) == 1
    assert len({str(cfg.model.backbone) for cfg in configs.values()}) == 1
    for cfg in configs.values():
        found = list(typed(cfg.train_dataloader.dataset.pipeline))
        assert {step.scale for step in found if step.type == 'Resize'} == {(28, 28)}
        assert 'VideoInit' not in {step.type for step in found}
        assert cfg.train_cfg.max_epochs == 5 and cfg.randomness.seed == 1


def test_what_a_method_adds_is_there():
    def views(name):
        cfg = study_config(name, 0, Settings(beta=0.4))
        return {
            view: [step.type if step.type != 'FAME' else f'FAME {step.beta}' for step in steps]
            for view, steps in cfg.model.data_preprocessor.views.items()
        }

    assert 'FAME 0.4' not in str(views('moco'))
    assert views('fame')['query'][0] == 'FAME 0.4'
    assert views('be')['key'][-1] == 'BackgroundErasing'
    assert views('fame_dsm_triplet')['positive'] == ['FAME 0.4', 'SpatialWarping']
    assert views('dsm_triplet')['positive'] == ['SpatialWarping']
    # A row that says how FAME finds the actor keeps it.
    assert views('fame_adaptive')['query'][0] == 'FAME adaptive'
    assert 'BackgroundErasing' not in str(views('be_baseline'))


def test_later_frames_alone_are_not_disturbed():
    def disturbs(name):
        pipeline = study_config(name, 0, Settings()).train_dataloader.dataset.pipeline
        return 'ScaleOpticalFlow' in {step.type for step in typed(pipeline)}

    assert disturbs('dsm_triplet') and not disturbs('dsm_triplet_shift')


def test_every_method_and_every_variant_is_a_row():
    for method in METHODS.values():
        for form in (method, *method.variants):
            assert (ROWS[form.name].label, ROWS[form.name].config) == (form.title, form.toy_config)


def test_every_method_is_compared_with_a_row_of_its_own_recipe():
    assert ROWS['moco'].baseline is None and ROWS['fame'].baseline == 'moco'
    for name, method in METHODS.items():
        if method.baseline:
            assert ROWS[name].baseline == f'{name}_baseline'
    assert all(row.baseline in ROWS for row in ROWS.values() if row.baseline)
    assert ROWS['be_baseline'].config == 'be/r3d_toy_baseline'


def test_videos_differ_in_the_backdrop_alone():
    scenes, grey = Settings().toy(), Settings().toy('grey')
    assert dataclasses.replace(scenes, backdrop='grey') == grey != scenes
    assert ROWS['moco_grey'].config == ROWS['moco'].config


def test_what_moves_and_before_what_are_settings():
    assert Settings().toy().motions == 'swings' and Settings().toy().images is None
    people = Settings(motions='mocap').toy()
    assert people.motions == 'mocap' and people.bias == Settings().toy().bias


def test_a_gpu_gets_large_batches_from_workers_that_share_what_they_read():
    cfg = study_config('fame', 0, SCALES['gpu'], 'frames')
    loader = cfg.train_dataloader
    assert loader.num_workers > 0 and loader.persistent_workers
    # Of 256 samples one tensor, not 256 open files.
    assert loader.collate_fn.type == 'default_collate'
    opened = [step for step in typed(loader.dataset.pipeline) if step.type == 'DecodeOnce']
    assert [step.hold for step in opened] == [False]
    assert cfg.optim_wrapper.type == 'AmpOptimWrapper' and cfg.optim_wrapper.dtype == 'bfloat16'
    cfg = study_config('fame', 0, Settings(), 'frames')
    assert 'hold' not in str(cfg.train_dataloader) and 'Amp' not in cfg.optim_wrapper.type

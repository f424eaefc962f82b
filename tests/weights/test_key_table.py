from mmdebias.weights.key_table import key_table

WENT = {
    'module.encoder_q.stem.0.weight': 'backbone.stem.0.weight',
    'module.encoder_q.stem.1.weight': 'backbone.stem.1.weight',
    'module.encoder_q.layer1.0.conv1.weight': 'backbone.layer1.0.conv1.weight',
    'module.encoder_q.fc.weight': 'left out: head',
    'module.queue': 'left out: queue of keys',
    'module.queue_ptr': 'left out: queue of keys',
}


def test_neighbours_that_go_the_same_way_share_a_line():
    assert key_table(WENT).splitlines() == [
        '  module.encoder_q.stem.*                 2  ->  backbone.stem.*',
        '  module.encoder_q.layer1.0.conv1.weight  1  ->  backbone.layer1.0.conv1.weight',
        '  module.encoder_q.fc.weight              1  ->  left out: head',
        '  module.queue*                           2  ->  left out: queue of keys',
    ]


def test_every_key_has_a_line_when_asked():
    lines = key_table(WENT, every_key=True).splitlines()

    assert len(lines) == len(WENT)
    for line, (key, target) in zip(lines, WENT.items()):
        assert line.split() == [key, '1', '->', *target.split()]

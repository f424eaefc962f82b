"""Parts of a config that cannot be built; arguments are in tests/test_config_arguments.py."""

import pytest
from mmaction.registry import MODELS
from torch import nn

from mmdebias.compat.building import built_part
from mmdebias.config_checks import ConfigError


@MODELS.register_module()
class NetWithinNets(nn.Module):
    """Builds another within it, or raises."""

    def __init__(self, inner=None, error=None):
        super().__init__()
        if error is not None:
            raise error
        self.inner = MODELS.build(inner)


class OddError(Exception):
    """Cannot be made of a text alone, and holds what else it is given."""

    def __init__(self, one, other):
        super().__init__(one, other)


@pytest.mark.parametrize('error', [OddError(1, 2), KeyError('depth'), TypeError('unhashable')])
def test_an_error_stays_itself_and_knows_the_innermost_part(error):
    inner = dict(type='mmaction.NetWithinNets', error=error)
    with pytest.raises(type(error)) as stop:
        MODELS.build(dict(type='NetWithinNets', inner=inner))
    assert stop.value is error and not isinstance(error, ConfigError)
    assert built_part(error) == 'mmaction.NetWithinNets'
    assert built_part(KeyError()) is None


def test_what_is_wrong_with_an_inner_part_is_said_once():
    inner = dict(type='NetWithinNets', eror=1)
    with pytest.raises(ConfigError, match=r"^eror=1: NetWithinNets takes no 'eror'; 'error' is"):
        MODELS.build(dict(type='NetWithinNets', inner=inner))

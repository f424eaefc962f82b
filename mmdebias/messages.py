"""Errors as one message: what is wrong with an input, and what may be a fault of the program."""

import dis
import sys
import traceback
from pathlib import Path
from typing import NoReturn

# What MMEngine says where options, or a config, do not fit the config that they change.
MERGING = '_merge_a_into_b'
OWN = (Path(__file__).parent, Path(__file__).parents[1] / 'tools')


def stop(error: Exception) -> NoReturn:
    """End with one message, below the traceback unless the input is to blame."""
    part = getattr(error, 'mmdebias_part', None)  # see mmdebias.compat.building
    place = f'{part}: ' if part else ''
    if says_what_is_wrong(error):
        # A KeyError's text is in quotes.
        sys.exit(f'error: {place}{error.args[0] if type(error) is KeyError else error}')
    traceback.print_exc()
    sys.exit(f'error: {place}{type(error).__name__}: {error}')


def says_what_is_wrong(error: BaseException) -> bool:
    """Return whether an error is a message to the user, of this package or of the system."""
    if isinstance(error, OSError) or type(error).__module__.startswith('mmdebias'):
        return True
    last = error.__traceback__
    while last is not None and last.tb_next is not None:
        last = last.tb_next
    if last is None:
        return False
    code = last.tb_frame.f_code
    if code.co_name == MERGING:
        return True
    # Raised by a statement, and not by Python or a program in C that was given something odd.
    raised = code.co_code[last.tb_lasti] == dis.opmap['RAISE_VARARGS']
    return raised and any(Path(code.co_filename).is_relative_to(place) for place in OWN)

"""What MMAction2's ``test.py`` is to write, looked at before the test."""

import argparse
from collections.abc import Sequence

from mmdebias.cli import output_file, output_folder


def check_outputs(arguments: Sequence[str]) -> None:
    """Stop with a message where MMAction2's ``test.py`` could not write what it is to write.

    It finds that out when the test is over.

    Args:
        arguments: Of its command line.

    Raises:
        SystemExit: ``--dump`` is no pickle file, or a folder; ``--show-dir`` is a file.
    """
    parser = argparse.ArgumentParser(usage=argparse.SUPPRESS, add_help=False)
    parser.add_argument('--dump', type=output_file)
    parser.add_argument('--show-dir', type=output_folder)
    dump = parser.parse_known_args(arguments)[0].dump
    if dump is not None and dump.suffix not in ('.pkl', '.pickle'):
        parser.error(f'argument --dump: {dump} is no pickle file: give a name that ends in .pkl')

r"""HMDB51: from the official archives to MMAction2's lists, for all three splits.

Get from https://serre-lab.clps.brown.edu/resource/hmdb-a-large-human-motion-database/, nothing is
downloaded here:

  hmdb51_org.rar         the videos, a .rar archive of one .rar archive a class
  test_train_splits.rar  the three splits

Licence: Creative Commons Attribution 4.0, says the page. Cite Kuehne et al., ICCV 2011. A .rar
archive needs unar, unrar, 7z or bsdtar; folders unpacked elsewhere do as well.

Example:

  python tools/data/hmdb51/prepare.py --videos hmdb51_org.rar --annotations test_train_splits.rar

writes data/hmdb51/hmdb51_{train,val}_split_{1,2,3}_videos.txt and data/hmdb51/videos.
"""

import sys

from mmdebias.datasets.preparation import HMDB51
from mmdebias.datasets.preparation.command import main

if __name__ == '__main__':
    sys.exit(main(HMDB51, __doc__))

r"""Diving48 with the labels of version 2: from the official files to MMAction2's lists.

Get from http://www.svcl.ucsd.edu/projects/resound/dataset.html, nothing is downloaded here:

  Diving48_rgb.tar.gz                               the videos, .mp4
  Diving48_V2_train.json, Diving48_V2_test.json     the labels of version 2
  Diving48_vocab.json                               the names of the 48 classes

The labels of version 1 (Diving48_train.json) are refused by name: results do not compare. For the
licence see the page. Cite Li, Li and Vasconcelos, ECCV 2018.

Example:

  python tools/data/diving48/prepare.py --videos Diving48_rgb.tar.gz \
      --annotations Diving48_V2_train.json Diving48_V2_test.json Diving48_vocab.json

writes data/diving48/diving48_{train,val}_list_videos.txt and data/diving48/videos.
"""

import sys

from mmdebias.datasets.preparation import DIVING48
from mmdebias.datasets.preparation.command import main

if __name__ == '__main__':
    sys.exit(main(DIVING48, __doc__))

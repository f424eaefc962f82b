r"""UCF101: from the official archives to MMAction2's lists, for all three splits.

Get from https://www.crcv.ucf.edu/data/UCF101.php, nothing is downloaded here:

  UCF101.rar                               the videos, 13,320 .avi files
  UCF101TrainTestSplits-RecognitionTask.zip  the splits for action recognition

For the terms of use see the page; the videos were uploaded to YouTube by its users. Cite Soomro,
Zamir and Shah, arXiv:1212.0402. A .rar archive needs unar, unrar, 7z or bsdtar; a
folder unpacked elsewhere does as well.

Example:

  python tools/data/ucf101/prepare.py --videos UCF101.rar \
      --annotations UCF101TrainTestSplits-RecognitionTask.zip

writes data/ucf101/ucf101_{train,val}_split_{1,2,3}_videos.txt and data/ucf101/videos.
"""

import sys

from mmdebias.datasets.preparation import UCF101
from mmdebias.datasets.preparation.command import main

if __name__ == '__main__':
    sys.exit(main(UCF101, __doc__))

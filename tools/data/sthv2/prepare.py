r"""Something-Something V2: from the official files to MMAction2's lists.

Get from https://developer.qualcomm.com/software/ai-datasets/something-something (an account is
needed), nothing is downloaded here:

  20bn-something-something-v2-00.zip, -01.zip, ...      the videos: one .tar.gz of .webm files, cut
                                                        into parts; also without .zip
  20bn-something-something-download-package-labels.zip  labels, training, validation

Licence: Qualcomm's own research licence, which comes with the download. Cite Goyal et al.,
ICCV 2017. The parts are read one after the other: no space for the joined archive is needed.

Example:

  python tools/data/sthv2/prepare.py --videos 20bn-something-something-v2-??.zip \
      --annotations 20bn-something-something-download-package-labels.zip

writes data/sthv2/sthv2_{train,val}_list_videos.txt and data/sthv2/videos.
"""

import sys

from mmdebias.datasets.preparation import STHV2
from mmdebias.datasets.preparation.command import main

if __name__ == '__main__':
    sys.exit(main(STHV2, __doc__))

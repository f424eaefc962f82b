r"""Kinetics-400: from archives or folders of clips to MMAction2's lists; reports missing videos.

Nothing is downloaded here. The csv files are in kinetics400.tar.gz of DeepMind, or at the CVDF
(https://github.com/cvdfoundation/kinetics-dataset), which also keeps clips, as archives of
<YouTube name>_<start>_<end>.mp4, and replacement_for_corrupted_k400.tgz: give that one last, and
its videos take the place of the broken ones.

The annotations are Google's; the clips belong to YouTube's users. See the pages for the terms.
Cite Kay et al., arXiv:1705.06950.

Example:

  python tools/data/kinetics400/prepare.py --annotations kinetics400.tar.gz \
      --train-videos k400_targz/train replacement_for_corrupted_k400.tgz \
      --val-videos k400_targz/val replacement_for_corrupted_k400.tgz --resize 340x256

writes data/kinetics400/kinetics400_{train,val}_list_videos.txt, videos_train and videos_val. What
is not there is in missing.txt: no copy of Kinetics is whole, so this is no error. For pre-training
--train-videos is enough.
"""

import sys

from mmdebias.datasets.preparation import KINETICS400
from mmdebias.datasets.preparation.command import main

if __name__ == '__main__':
    sys.exit(main(KINETICS400, __doc__))

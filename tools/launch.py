"""Run torch's launcher, which dist_train.sh and dist_test.sh start; say which port is taken."""

import os
import sys

from torch.distributed import run

if __name__ == '__main__':
    # Ranks that find another parent, as this was killed while they began, end.
    os.environ['MMDEBIAS_LAUNCHER'] = str(os.getpid())
    try:
        run.main()
    except RuntimeError as error:
        if 'EADDRINUSE' not in str(error):
            raise
        port = run.parse_args(sys.argv[1:]).master_port
        sys.exit(
            f'error: port {port} of this machine is in use, most likely by another dist_train.sh '
            f'or dist_test.sh: choose another, such as PORT={port + 1} bash tools/dist_train.sh ...'
        )

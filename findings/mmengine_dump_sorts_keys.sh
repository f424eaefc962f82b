#!/usr/bin/env bash
# MMEngine writes a config down with its keys in alphabetical order, at every depth.
#
# Versions: mmengine-lite 0.10.7, packaging 25.0, yapf 0.43.0, Python 3.10 to 3.12.
#
# One would expect the copy that Runner leaves in the work directory (Config.dump) to be the config
# that ran: Python's dicts keep their order, Config.fromfile and the merging of bases keep it, and
# the text of a config states it. The copy has other contents where the order of a dict means
# something: named views that are stacked in that order, or named steps that run one after another.
# Loaded again, as one does to test a checkpoint beside its config, it runs them in another order,
# without a message. The copy in JSON (Config.dump to a .json file) keeps the order.
#
# Seen (the script fails where it sees something else):
#   ran:            ['query', 'key', 'negative']
#   written as .py: ['key', 'negative', 'query']
#   written as .json: ['query', 'key', 'negative']
#
# So in a config the order of a dict must mean nothing, or be restored by who reads it.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" --quiet --disable-pip-version-check install \
    mmengine-lite==0.10.7 packaging==25.0 yapf==0.43.0
cat >"$folder/ran.py" <<'PYTHON'
views = dict(query=dict(), key=dict(same_as='query'), negative=dict(other_than='query'))
PYTHON
cat >"$folder/finding.py" <<'PYTHON'
import sys
from pathlib import Path

from mmengine.config import Config

folder = Path(sys.argv[1])
cfg = Config.fromfile(folder / 'ran.py')
print('ran:           ', ran := list(cfg.views))
found = []
for ending in ('py', 'json'):
    cfg.dump(folder / f'written.{ending}')
    found.append(list(Config.fromfile(folder / f'written.{ending}').views))
    print(f'written as .{ending}:', found[-1])
assert ran == ['query', 'key', 'negative']
assert found == [sorted(ran), ran], 'the behaviour has changed'
PYTHON
"$folder/venv/bin/python" "$folder/finding.py" "$folder"

"""Raise, where MMAction2 is missing, an error that says how to install it.

The packages that cannot do without import it first.
"""

from .optional import need_mmaction2

need_mmaction2('This part of mmdebias')

"""`python -m vaudit`."""

import os  # these two are there before Python looks into any folder
import sys


def _here() -> str:
    try:
        return os.getcwd()
    except OSError:
        return ""


# -m makes Python look for modules in the folder of the moment first, whoever put what there; this package is
# found without it, and so is all that comes below
if sys.path[0] == _here() != os.path.dirname(os.path.dirname(os.path.abspath(__file__))):
    del sys.path[0]

from vaudit.main import main  # noqa: E402

main()

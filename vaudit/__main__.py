"""`python -m vaudit`."""

from vaudit.cli import main

main()

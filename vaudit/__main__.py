"""`python -m vaudit`."""

from vaudit.main import main

main()

"""For all tests: Ctrl-C works, whoever started them.

A shell starts background jobs with SIGINT ignored, and the programs that the tests start would inherit that.
"""

import signal

signal.signal(signal.SIGINT, signal.default_int_handler)

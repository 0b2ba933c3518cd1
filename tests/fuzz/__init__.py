"""Machines, records and documents that nobody sent: broken, odd and hostile ones, through the whole pipeline.

    python -m tests.fuzz [TARGET …] [--inputs N] [--seed S] [--jobs N] [--keep FOLDER]

The targets are of two groups, each of which can be named too: `whole` does with an input all that a command
does, some 60 times a second; `parsers` feeds one parser alone, in memory, some 2,000 times a second.

Every input is made from its target's name and a number alone, so a number that is printed makes it again. An
input may end in a report or in the one line that is documented. What else happens is a fault: another
exception, more processor time or memory than is promised, a report that cannot be read again, a character
that a terminal could obey, an element of a page that no template has.
"""

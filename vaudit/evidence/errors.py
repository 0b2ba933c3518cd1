"""What can be wrong with evidence that a user names."""


class EvidenceError(Exception):
    """A record that cannot be used. The message is one line: what, where, what to do."""

"""vaudit: a host capability auditor. Evidence -> Facts -> Findings -> Report."""

__version__ = "0.1.0"

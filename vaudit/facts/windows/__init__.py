"""What reads Windows: its registry is the record of every device that it met, and of what serves it.

Loaded only where there is one (facts/ask/windows.py).
"""

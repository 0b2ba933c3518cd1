"""Identities in text: what they look like, which are this machine's own, and what stands in their place.

It knows text alone, no evidence and no report: both rooms use it.
"""

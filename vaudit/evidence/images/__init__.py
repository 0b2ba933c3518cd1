"""Disk images: what they hold is read where it lies, without root, mount, appliance or a running system.

formats.py makes a Disk of a file, partitions.py finds its volumes, ntfs.py the files on a volume, windows.py
the registries of the systems among them. Of an image only what is asked for is read.
"""

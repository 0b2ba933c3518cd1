"""Windows machines that are made: their registries, as a dump, as a hive and as a .reg file."""

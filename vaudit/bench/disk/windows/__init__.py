"""A disk measured on Windows: its place, its file, and requests by an I/O completion port."""

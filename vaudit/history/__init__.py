"""What changed on a machine since earlier scans: kept reports, series of one figure, and their comparison."""

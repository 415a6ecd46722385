"""What things mean: from recognised lines to candidates. Pure; imports `models` only."""

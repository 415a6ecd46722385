"""One file per field of a letter."""

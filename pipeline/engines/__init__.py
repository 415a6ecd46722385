"""One file per reader; the only importers of the engines' libraries."""

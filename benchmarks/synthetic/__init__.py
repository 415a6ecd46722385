"""The sample letters: set in the layout of Decree 30/2020, degraded like scans, with their truth."""

"""The screens and the HTTP API: a thin client of `pipeline`."""

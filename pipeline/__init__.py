"""What happens: every input and output of the program. Imports `models` and `extractors`."""

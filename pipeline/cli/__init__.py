"""The commands: thin clients that parse input, call the pipeline or the store, and show the answer."""

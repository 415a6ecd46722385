"""Where the work is done: processes of this machine."""

"""A small reader of figures by hand: drawing lines, training, measuring."""

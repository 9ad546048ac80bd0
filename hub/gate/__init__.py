"""THE GATE: everything that is ever shown, stored, found or read of the log passes here. Start with `reader.py`."""

"""Numbered steps of the three databases: data, ledger, keys. Never batch mode on a table with triggers."""

"""The vault: keys and sealing. It never sees a table; it gets protocols."""

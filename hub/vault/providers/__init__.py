"""Where the root key lives; each module is one kind of place."""

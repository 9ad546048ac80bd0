"""Outside systems as small as a test needs them."""

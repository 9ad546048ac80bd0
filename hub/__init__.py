"""The Family Safeguarding hub."""

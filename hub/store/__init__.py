"""Rows and the transactions that carry them. The store never sees the plain text of a sealed field."""

"""Operational tables in clear: who works where, what was received, what is to be done. Never what anyone said."""

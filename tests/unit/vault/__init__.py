"""Promises of the vault."""

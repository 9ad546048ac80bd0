"""Promises of the policy."""

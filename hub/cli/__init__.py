"""Operator commands: the same services, the same gate. Exit status 0 ok, 1 the answer is no, 2 could not run."""

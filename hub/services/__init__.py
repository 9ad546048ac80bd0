"""Use cases, one module each. They name the act and the purpose; the gate decides."""

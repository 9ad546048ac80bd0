"""The story that `hub demo` plays with synthetic people."""

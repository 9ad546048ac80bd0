"""gunicorn in one process with threads: the embedded way to serve. A region runs `gunicorn wsgi:app` behind a proxy."""

from collections.abc import Callable

from flask import Flask
from gunicorn.app.base import BaseApplication


class OneProcess(BaseApplication):
    """Serves one application from one worker process."""

    def __init__(self, make: Callable[[], Flask], host: str, port: int, threads: int) -> None:
        self._make = make
        self._options = {
            "bind": f"{host}:{port}",
            "workers": 1,
            "threads": threads,
            "worker_class": "gthread",
            "limit_request_line": 4094,
            "loglevel": "warning",
        }
        super().__init__()

    def load_config(self) -> None:
        """Set the options."""
        for name, value in self._options.items():
            self.cfg.set(name, value)

    def load(self) -> Flask:
        """Build and return the application, in the worker: connections and log lanes never cross a fork."""
        return self._make()

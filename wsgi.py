"""For a production server: `gunicorn --preload off wsgi:app`. Build after the fork: each process has its own lane."""

import os

from hub.settings import Settings
from hub.wiring import build, sound, web_app

os.umask(0o077)
app = web_app(sound(build(Settings.from_environment(os.environ))))

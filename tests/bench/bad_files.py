"""The slowest of all bad files by all ways in: each must be answered within two seconds of CPU time."""

import tempfile
from pathlib import Path
from time import process_time

from hub.settings import Settings
from hub.wiring import web_app
from tests.bad_input import corpus
from tests.bench.measure import Row
from tests.factories import make_world
from tests.journeys.intakes import Intakes

SECONDS = 2


def bad_file_slowest() -> Row:
    with tempfile.TemporaryDirectory() as folder:
        world = make_world(Settings.in_folder(Path(folder) / "hub"))
        try:
            intakes, worst = Intakes(world, web_app(world.hub)), 0.0
            for _, send in intakes.ways():
                for bad in corpus():
                    start = process_time()
                    send(bad)
                    worst = max(worst, process_time() - start)
        finally:
            world.close()
    return Row("bad_file_slowest", worst, SECONDS, "CPU s", worst, SECONDS, "lower")

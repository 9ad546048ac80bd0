import json
from pathlib import Path

import pytest

FIXTURES = Path(__file__).parents[2] / "fixtures"


@pytest.fixture
def message():
    """Return the bytes of a fixture by its path."""
    return lambda path: (FIXTURES / path).read_bytes()


@pytest.fixture
def plain(message):
    """Return a JSON fixture as a plain value that a test may change."""
    return lambda path: json.loads(message(path))

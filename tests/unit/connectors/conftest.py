import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Message = dict[str, Any]


FIXTURES = Path(__file__).parents[2] / "fixtures"


@pytest.fixture
def message() -> Callable[[str], bytes]:
    """Return the bytes of a fixture by its path."""
    return lambda path: (FIXTURES / path).read_bytes()


@pytest.fixture
def plain(message: Callable[[str], bytes]) -> Callable[[str], Message]:
    """Return a JSON fixture as a plain value that a test may change."""
    return lambda path: json.loads(message(path))

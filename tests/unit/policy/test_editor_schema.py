"""What the loader reads, an editor accepts; what the loader refuses for its keys and words, an editor marks."""

import re
from pathlib import Path
from typing import Any

import pytest

from hub.policy.editor_schema import KINDS, editor_schema
from hub.policy.gateways import Gateways
from hub.policy.reading import read
from hub.policy.vocabulary import Vocabulary

POLICIES = Path(__file__).resolve().parents[3] / "policies"
AGREEMENTS = sorted(POLICIES.glob("agreements/*.yaml"))


def fits(value: object, schema: dict[str, Any]) -> bool:
    """Check the few words of JSON Schema that ours use."""
    if schema.get("type") == "object":
        known, other = schema.get("properties", {}), schema["additionalProperties"]
        return (
            isinstance(value, dict)
            and set(schema.get("required", ())) <= set(value)
            and all(fits(key, schema["propertyNames"]) for key in value if "propertyNames" in schema)
            and all(key in known or other is not False for key in value)
            and all(fits(one, known.get(key) or other) for key, one in value.items())
        )
    if schema.get("type") == "array":
        long_enough = isinstance(value, list) and len(value) >= schema.get("minItems", 0)
        return long_enough and all(fits(one, schema["items"]) for one in value)
    in_list = "enum" not in schema or value in schema["enum"]
    return isinstance(value, str) and in_list and bool(re.search(schema.get("pattern", ""), value, re.DOTALL))


def plain(path: Path) -> Any:  # noqa: ANN401  a document is plain data
    return read(path.read_text(), path.name).value


@pytest.mark.parametrize("path", AGREEMENTS, ids=lambda path: path.stem)
def test_every_agreement_that_ships_fits(path: Path, vocabulary: Vocabulary, gateways: Gateways) -> None:
    assert fits(plain(path), editor_schema("agreement", vocabulary, gateways))


@pytest.mark.parametrize("kind", sorted(set(KINDS) - {"agreement"}))
def test_the_documents_that_agreements_are_checked_with_fit(
    kind: str, vocabulary: Vocabulary, gateways: Gateways
) -> None:
    assert fits(plain(POLICIES / f"{kind}.yaml"), editor_schema(kind, vocabulary, gateways))


@pytest.mark.parametrize(
    ("section", "key", "value"),
    [
        ("sharing", "categories", ["gossip"]),
        ("sharing", "up_to", "secret"),
        ("sharing", "roles", []),
        ("sharing", "unlss", {}),
        ("sharing", "route", "CA1989-S47-11"),
        ("never", "display", "always"),
    ],
)
def test_what_the_loader_would_refuse_does_not_fit(
    section: str, key: str, value: object, vocabulary: Vocabulary, gateways: Gateways
) -> None:
    text = plain(POLICIES / "agreements" / "efs-2026-04.yaml")
    text[section][0][key] = value
    assert not fits(text, editor_schema("agreement", vocabulary, gateways))


def test_a_key_that_must_be_there_is_missed(vocabulary: Vocabulary, gateways: Gateways) -> None:
    text = plain(AGREEMENTS[0])
    del text["review"]
    assert not fits(text, editor_schema("agreement", vocabulary, gateways))

"""Every public sample goes in by its own door, with the outcome that docs/samples.md promises."""

import gzip
import hashlib
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from flask import Flask
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from hub.store.clear.tables import receipt, referral
from tests.factories import FIXTURES, SmallWorld
from tests.journeys.senders import Sender

TABLE = Path(__file__).parents[2] / "docs" / "samples.md"
_ROW = re.compile(
    r"\| `(?P<files>[^`]+)`(?: \((?P<count>\d+)\))? \| `(?P<by>\w+)`(?P<inside>.*?) \| (?P<outcome>\w+) \|"
)
_DIGEST = re.compile(r"^\| `(?P<file>[^`]+)` \| .* \| `(?P<digest>[0-9a-f]{64})` \|$", re.MULTILINE)
HEADERS = {
    "X-Request-Id": "79120f41-a431-4f08-bcc5-1e67006fcae0",
    "X-Correlation-Id": "09a2a3f5-bc1a-4b8f-8a0b-0d0d3a6b7c11",
    "NHSD-Target-Identifier": "eyJzeXN0ZW0iOiJ1cm46eCIsInZhbHVlIjoiMSJ9",
}
DOORS = {
    "fhir_bars": ("/fhir/$process-message", "application/fhir+json", "mh"),
    "hl7v2": ("/hl7v2", "application/hl7-v2", "mh"),
    "cin_census": ("/v1/messages/cin_census", "application/xml", "csc"),
    "adult_with_children_csv": ("/v1/referrals", "text/csv", "sm"),
}
OURS = {
    "README.md",
    "mother_referral.json",
    "child_referral.hl7",
    "synthetic_2026.xml",
}
"""What lies beside the public files and was written here."""


@dataclass(frozen=True)
class Sample:
    """One file, the connector that reads it, and what is promised of it."""

    path: Path
    by: str
    inside: bool
    outcome: str
    remarks: frozenset[str]


def samples() -> Iterator[Sample]:
    for line in TABLE.read_text().splitlines():
        if found := _ROW.match(line):
            paths = sorted(FIXTURES.glob(found["files"]))
            assert len(paths) == int(found["count"] or 1), line
            remarks = frozenset(re.findall(r"`(\w+)`", line[found.end() :]))
            for path in paths:
                yield Sample(path, found["by"], bool(found["inside"]), found["outcome"], remarks)


def published(path: Path) -> bytes:
    return gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()


def test_every_public_file_has_a_row_and_is_byte_for_byte_the_published_one() -> None:
    listed = {sample.path for sample in samples()}
    folders = {path.relative_to(FIXTURES).parts[0] for path in listed}
    there = {path for folder in folders for path in (FIXTURES / folder).rglob("*") if path.is_file()}
    assert {path for path in there if path.name not in OURS} == listed
    digests = {
        note.parent / found["file"]: found["digest"]
        for note in FIXTURES.rglob("README.md")
        for found in _DIGEST.finditer(note.read_text())
    }
    assert digests.keys() == listed
    for path, digest in digests.items():
        assert hashlib.sha256(published(path)).hexdigest() == digest, path


def test_every_public_sample_gets_the_answer_that_is_promised_and_the_same_answer_again(
    sqlite_world: SmallWorld, sqlite_app: Flask
) -> None:
    senders = {code: Sender(sqlite_world, sqlite_app, code) for code in ("mh", "csc", "sm")}
    tokens = {code: sender.headers() for code, sender in senders.items()}
    first: list[bytes] = []
    for sample in samples():
        answer = send(senders, tokens, sample)
        assert outcome(answer) == sample.outcome, (sample.path.name, answer.text)
        assert codes(answer) == sample.remarks, (sample.path.name, answer.text)
        first.append(answer.data)
    kept = stored(sqlite_world)
    assert kept == {"receipt": 9, "referral": 9}  # a child of the census of 2024 was in that of 2021: it is amended
    assert [send(senders, tokens, sample).data for sample in samples()] == first
    assert stored(sqlite_world) == kept


def send(senders: dict[str, Sender], tokens: dict[str, dict[str, str]], sample: Sample) -> TestResponse:
    path, media, code = DOORS[sample.by]
    body = about(sample.path) if sample.inside else published(sample.path)
    headers = tokens[code] | (HEADERS if media == "application/fhir+json" else {})
    return senders[code].http.post(path, data=body, content_type=media, headers=headers)


def about(path: Path) -> bytes:
    """Return the official referral, a message of its own, about a published patient."""
    bundle = json.loads((FIXTURES / "bars" / "validation_request_post.json").read_text())
    said = json.loads(path.read_text())
    bundle["id"] = path.stem
    bundle["entry"][1]["resource"]["identifier"] = [{"value": path.stem}]
    bundle["entry"][5]["resource"] = said["entry"][0]["resource"] if said["resourceType"] == "Bundle" else said
    return json.dumps(bundle).encode()


def outcome(answer: TestResponse) -> str:
    """Return what became of the worst record of a message."""
    if answer.status_code >= 400:
        return "refused"
    if answer.json is None:
        return {"AA": "accepted", "AE": "quarantined"}[answer.text.partition("MSA|")[2][:2]]
    if "records" in answer.json:
        return max(record["outcome"] for record in answer.json["records"])
    told = answer.json["issue"][0]["diagnostics"]
    return "quarantined" if "quarantined" in told else "accepted"


def codes(answer: TestResponse) -> frozenset[str]:
    said: dict[str, Any] | None = answer.json
    if said is None:
        return frozenset(re.findall(r"\rERR(?:\|[^|\r]*){4}\|(\w+)", answer.text))
    if "records" in said:
        return frozenset(issue["code"] for record in said["records"] for issue in record["issues"])
    if "issue" in said:
        told = (
            issue["diagnostics"].partition(" at ")[0] for issue in said["issue"] if issue["severity"] != "information"
        )
        return frozenset(told)
    return frozenset(error["code"] for error in said["errors"])


def stored(world: SmallWorld) -> dict[str, int]:
    with world.hub.clear.read() as connection:
        return {
            table.name: connection.scalar(select(func.count()).select_from(table)) or 0 for table in (receipt, referral)
        }

"""A return that comes every month with what changed since: it stands in the place of the earlier one."""

import pytest

from hub.domain.fields import SHAPES, VERSIONS, RecordKind
from tests.factories import FIXTURES, SmallWorld

CENSUS = (FIXTURES / "cin_census" / "synthetic_2026.xml").read_bytes()
FROM_SENDERS = (
    RecordKind.POLICE_NOTICE,
    RecordKind.TREATMENT_REPORT,
    RecordKind.HEALTH_REPORT,
    RecordKind.COUNCIL_RECORD,
    RecordKind.AGENCY_REPORT,
)


def test_a_census_with_changes_is_received_and_amends(sqlite_world: SmallWorld) -> None:
    first = sqlite_world.send("csc", "cin_census", CENSUS, "march")
    changed = CENSUS.replace(b"<PrimaryNeedCode>N1<", b"<PrimaryNeedCode>N2<")
    second = sqlite_world.send("csc", "cin_census", changed, "april")
    assert [one["outcome"] for one in second["records"]] == [one["outcome"] for one in first["records"]]
    assert second["records"][0]["referral"] == first["records"][0]["referral"]


@pytest.mark.parametrize("kind", FROM_SENDERS)
def test_whatever_a_sender_sends_can_stand_in_the_place_of_what_it_sent_before(kind: RecordKind) -> None:
    assert set(VERSIONS) <= set(SHAPES[kind].fields)

"""Every role at every door, for a family it works with and for one it does not."""

from flask import Flask

from tests.factories import FIXTURES, STAFF, SmallWorld
from tests.journeys.readers import Reader, bare, lead

NOWHERE = "00000000-0000-7000-8000-000000000000"
NO = 404
OFFICERS = {username for username, (_, role) in STAFF.items() if role == "ig_officer"}
EFS, NOT_NOW = "/agreements/EFS-2026-04/1", 409
AGREEMENTS = (
    "/agreements",
    "/agreements/propose",
    EFS,
    f"{EFS}/copy.pdf",
    f"{EFS}/signing-request.json",
    f"{EFS}/suspend",
    "/agreements/signatories",
    "/agreements/signatories/offer",
)
PAGES = {
    "/": {"fran": 302, "otto": 302} | dict.fromkeys(OFFICERS, 302),
    "/tasks": {},
    "/digest": {},
    "/queue": dict.fromkeys(set(STAFF) - {"manager"} - OFFICERS, NO),
    "/rota": dict.fromkeys(set(STAFF) - {"manager"}, NO),
    "/duty": dict.fromkeys(STAFF, NO),
    "/duty/note": dict.fromkeys(STAFF, NO),
    "/closed": dict.fromkeys(set(STAFF) - {"manager"}, NO),
    "/emergency": dict.fromkeys(set(STAFF) - {"manager", "sally", "fran"}, NO),
    "/front-door": dict.fromkeys(set(STAFF) - {"fran"}, NO),
    "/joined": dict.fromkeys(set(STAFF) - {"fran", "manager"}, NO),
    f"/joined/new/{NOWHERE}": dict.fromkeys(STAFF, NO),
    "/protected-matches": dict.fromkeys(STAFF, NO),
    **{f"/front-door/{NOWHERE}{rest}": dict.fromkeys(STAFF, NO) for rest in ("", "/rating", "/closing", "/again")},
    "/front-door/withdrawn": dict.fromkeys(set(STAFF) - {"fran"}, NO),
    f"/redirections/{NOWHERE}": dict.fromkeys(STAFF, NO),
    f"/strategy/{NOWHERE}": dict.fromkeys(STAFF, NO),
    f"/asked/{NOWHERE}": dict.fromkeys(STAFF, NO),
    f"/requests/{NOWHERE}": dict.fromkeys(STAFF, NO),
    "/requests": dict.fromkeys({"fran", "pete", "sally", "vera"}, NO),
    "/receipts": dict.fromkeys(set(STAFF) - {"otto"}, NO),
    "/log": dict.fromkeys(set(STAFF) - OFFICERS, NO),
    **{path: dict.fromkeys(set(STAFF) - OFFICERS, NO) for path in AGREEMENTS},
    f"{EFS}/check": dict.fromkeys(set(STAFF) - OFFICERS, NO) | dict.fromkeys(OFFICERS, NOT_NOW),
    "/agreements/NOTHING/1": dict.fromkeys(STAFF, NO),
    "/agreements/signatories/csc/confirm": dict.fromkeys(STAFF, NO),
    "/front-door/quarantine": dict.fromkeys(set(STAFF) - {"fran"}, NO),
    f"/front-door/quarantine/{NOWHERE}": dict.fromkeys(STAFF, NO),
    f"/front-door/quarantine/{NOWHERE}/sent-again": dict.fromkeys(STAFF, NO),
    "/webhooks": dict.fromkeys(STAFF, NO),
    "/access-notices": dict.fromkeys(set(STAFF) - OFFICERS - {"otto"}, NO),
    "/sign-in": {},
    "/sign-in/code": dict.fromkeys(STAFF, 302),
    "/sign-in/set-up": dict.fromkeys(STAFF, 302),
    "/sign-in/role": dict.fromkeys(STAFF, 302),
    "/start": {},
    "/staff": dict.fromkeys(STAFF, NO),
    "/staff/start": dict.fromkeys(STAFF, NO),
    f"/staff/{NOWHERE}": dict.fromkeys(STAFF, NO),
    "/sign-in/provider": dict.fromkeys(STAFF, NO),
    "/sign-in/returned": dict.fromkeys(STAFF, 302),
    "/confirm/provider": dict.fromkeys(STAFF, NO),
    "/account": {},
    "/account/second-factor": {},
    "/confirm": {},
    "/readyz": {},
    "/refer": dict.fromkeys(set(STAFF) - {"otto"}, NO),
    "/refer/school": dict.fromkeys(set(STAFF) - {"otto"}, NO),
    "/refer/school/check": dict.fromkeys(STAFF, NO) | {"otto": 302},
    "/refer/public": dict.fromkeys(STAFF, NO),
    f"/refer/sent/{NOWHERE}": dict.fromkeys(STAFF, NO),
    f"/front-door/{NOWHERE}/who-told-us": dict.fromkeys(STAFF, NO),
    "/tell-us": {},
    "/school-notices": dict.fromkeys(STAFF, NO),
    f"/school-notices/{NOWHERE}": dict.fromkeys(STAFF, NO),
    "/front-door/school-notices": dict.fromkeys(set(STAFF) - {"fran", "manager"}, NO),
    "/accessibility": {},
    "/nothing": dict.fromkeys(STAFF, NO),
    "/families/not-an-id": dict.fromkeys(STAFF, NO),
}
"""Path -> who does not get 200."""
TEAM = ("manager", "sally", "rob", "nina", "pete", "vera")
OF_A_FAMILY = {
    "": set(TEAM),
    "/reason": set(TEAM),
    "/entries/new": set(TEAM),
    "/supervision": set(TEAM),
    "/workbook": set(TEAM),
    "/workbook/summary": set(TEAM),
    "/workbook/module": set(TEAM),
    "/workbook/session": set(TEAM),
    f"/entries/{NOWHERE}": set(),
    f"/entries/{NOWHERE}/correct": set(),
    f"/entries/{NOWHERE}/disagreement": set(),
    f"/entries/{NOWHERE}/challenge": set(),
    "/allocation": {"manager"},
    "/closing": {"manager"},
    "/transfer": {"manager"},
    "/transfer/receipt": {"manager"},
    "/reopening": {"manager"},
    "/decision": {"manager"},
    f"/decision/{NOWHERE}/end": {"manager"},
    "/consent": set(TEAM),
    f"/consent/{NOWHERE}": set(),
    "/find": set(TEAM),
    "/genogram": set(TEAM),
    "/coverage": {"manager", "sally"},
    "/requests": {"manager", "sally"},
    "/strategy": {"manager"},
    "/print": set(TEAM),
    f"/entries/{NOWHERE}/files": set(),
    f"/files/{NOWHERE}": set(),
    f"/files/{NOWHERE}/copy": set(TEAM),
}
"""What follows `/families/ID` -> who gets it, once they work with the family."""
ALWAYS = {("manager", "/allocation"), ("manager", "/reopening")}
"""A manager allocates before anyone works with a family, and reopens one that nobody works with any more."""


def test_every_role_at_every_door_that_is_about_no_family(sqlite_app: Flask) -> None:
    for username in STAFF:
        reader = Reader(sqlite_app, username)
        found = {path: reader.get(path).status_code for path in PAGES}
        assert found == {path: but.get(username, 200) for path, but in PAGES.items()}, username


def test_every_role_at_every_door_of_a_family(sqlite_world: SmallWorld, sqlite_app: Flask) -> None:
    own = sqlite_world.police_notice()
    lead(sqlite_world)
    sqlite_world.allocate("sally")
    for username, part in (("rob", "alleged_perpetrator"), ("pete", "alleged_perpetrator"), ("nina", "victim")):
        sqlite_world.allocate(username, part)
    sqlite_world.allocate("vera", "victim")
    sqlite_world.send("sm", "adult_with_children_csv", strangers())
    sqlite_world.hub.rounds.run_once()
    foreign = sqlite_world.accept()
    assert foreign != own
    for username in STAFF:
        reader = Reader(sqlite_app, username)
        if username in TEAM:
            reader.open(own, "protect_child")
        for path, allowed in OF_A_FAMILY.items():
            mine, other = reader.get(f"/families/{own}{path}"), reader.get(f"/families/{foreign}{path}")
            assert mine.status_code == (200 if username in allowed else NO), (username, path)
            if (username, path) in ALWAYS:
                assert other.status_code in {200, 302}, (username, path)
                continue
            nowhere = reader.get(f"/families/{NOWHERE}{path}")
            assert other.status_code == nowhere.status_code == NO, (username, path)
            assert bare(other) == bare(nowhere), (username, path)


def strangers() -> bytes:
    """Return the fixture's one referral about somebody nobody else has sent."""
    lines = (FIXTURES / "substance_misuse" / "adult_with_children.csv").read_text("utf-8-sig").splitlines()
    kept = [line for line in lines if "Zo\u00eb" in line]
    return "\n".join([lines[0], *kept, "#rows=1"]).encode()


def test_nobody_gets_in_without_signing_in(sqlite_app: Flask) -> None:
    client = sqlite_app.test_client()
    for path in (*PAGES, *(f"/families/{NOWHERE}{rest}" for rest in OF_A_FAMILY), f"/tasks/{NOWHERE}/sharing"):
        status = client.get(path).status_code
        wanted = (
            200
            if path in {"/sign-in", "/start", "/readyz", "/accessibility", "/tell-us"}
            else NO
            if path in {"/nothing", "/families/not-an-id", "/sign-in/provider"}
            else 302
        )
        assert (path, status) == (path, wanted)

"""Hands a built hub to pages, API and commands."""

import tempfile
import threading
from collections.abc import Callable
from pathlib import Path

from flask import Flask

from hub.api import served as api_served
from hub.api.app import register as register_api
from hub.cli.stage import Stage
from hub.domain.errors import HubError, NotFoundError, PolicyError
from hub.domain.ids import AgencyId
from hub.domain.referral import Limits
from hub.ledger.export import export
from hub.ledger.verify import verify
from hub.policy.vocabulary import load_vocabulary
from hub.services.beginning import Beginning
from hub.services.faults import note
from hub.services.looking import Looking
from hub.services.quarantine import not_scanned
from hub.services.soundness import require_sound
from hub.web import served as web
from hub.web.app import create_app
from hub.web.faults import status_of
from hub.web.server import OneProcess
from hub.wiring.founding import CONFIG, ROOT_KEY
from hub.wiring.hub import Hub, build
from hub.wiring.transfers import rotate

SERVE_THREADS = 8
_NAMED = 10
"""How many rows that are amiss `hub doctor` names; the alarms in the log name all."""


def web_app(hub: Hub) -> Flask:
    """Return the application: pages and API on one address."""
    pages = web.Served(
        sessions=hub.sessions,
        entry=hub.entry,
        pages=hub.pages,
        looking=Looking(hub.pages, hub.lives),
        recording=hub.recording,
        lives=hub.lives,
        conflicts=hub.conflicts,
        identities=hub.identities,
        receipts=hub.receipts,
        consents=hub.consents,
        front_door=hub.front_door,
        governance=hub.governance,
        questions=hub.questions,
        replaying=hub.replaying,
        intake=hub.intake,
        tasks=hub.tasks,
        sharing=hub.sharing,
        emergencies=hub.emergencies,
        agreements=hub.agreements,
        casework=hub.casework,
        team=hub.team,
        files=hub.files,
        partners=hub.partners,
        joining=hub.joining,
        referring=hub.referring,
        desk=hub.desk,
        encompass=hub.encompass,
        withdrawals=hub.withdrawals,
        clock=hub.world.clock,
        verify=lambda: verified(hub)[0],
        synthetic=hub.partnership.synthetic,
    )
    app = create_app(pages, hub.web_secret, max_body=hub.settings.max_body, base_url=hub.settings.base_url)
    limits = Limits(max_bytes=hub.settings.max_body)
    api = api_served.Served(
        hub.sessions,
        hub.intake,
        hub.pages,
        hub.consents,
        hub.connectors,
        limits,
        status_of,
        note,
        hub.settings.max_page,
        hub.partners,
        hub.exchange,
        hub.world.clock,
        hub.replies,
        hub.referring.forms,
        hub.desk.feedback,
    )
    register_api(app, api)
    return app


def sound(hub: Hub) -> Hub:
    """Return the hub when its published agreements do what was signed; else raise PolicyError: it may not serve."""
    require_sound(hub.policy.current())
    return hub


def verified(hub: Hub) -> tuple[bool, int, str]:
    """Export the published log to a temporary folder and verify it offline, as anybody could."""
    with tempfile.TemporaryDirectory() as folder:
        try:
            size = export_log(hub, Path(folder))
        except NotFoundError:
            return True, 0, "Nothing has been published yet."
        verdict = verify(Path(folder))
    words = "All entries are as they were written." if verdict.ok else f"Entry {verdict.bad_index}: {verdict.problem}"
    return verdict.ok, size, words


def export_log(hub: Hub, folder: Path) -> int:
    """Write the published log; returns the number of entries."""
    return export(hub.engines.sequencer, hub.partnership.id, folder, hub.sequencer.verifier_key)


def serve(hub: Hub, host: str, port: int, ready: Callable[[], None]) -> None:
    """Serve with gunicorn: one worker process with threads, the worker's rounds beside it; PolicyError if unsound."""
    if hub.partnership.synthetic:
        hub.settings.require_loopback(host)
    sound(hub)

    def make() -> Flask:
        served = build(hub.settings)
        stopped = threading.Event()
        threading.Thread(target=served.rounds.run_until, args=(stopped.wait,), daemon=True).start()
        app = web_app(served)
        ready()
        return app

    OneProcess(make, host, port, SERVE_THREADS).run()


def stage(hub: Hub) -> Stage:
    """Return the hub as commands see it."""
    return Stage(
        name=hub.partnership.name,
        synthetic=hub.partnership.synthetic,
        base_url=hub.settings.base_url,
        clock=hub.world.clock,
        randomness=hub.world.randomness,
        connectors=hub.connectors,
        limits=Limits(max_bytes=hub.settings.max_body),
        setup=hub.setup,
        beginning=Beginning(
            (hub.setup, hub.entry.starting),
            hub.clear,
            load_vocabulary(hub.policy.texts.vocabulary, "vocabulary.yaml"),
            hub.world.randomness,
        ),
        publishing=hub.publishing,
        signing=hub.signing,
        rosters=hub.rosters,
        agreements=hub.agreements,
        house_rules=hub.policy.texts.house_rules,
        intake=hub.intake,
        exchange=hub.exchange,
        recording=hub.recording,
        lives=hub.lives,
        identities=hub.identities,
        emergencies=hub.emergencies,
        casework=hub.casework,
        team=hub.team,
        files=hub.files,
        partners=hub.partners,
        routes=hub.routes,
        sessions=hub.sessions,
        pages=hub.pages,
        front_door=hub.front_door,
        desk=hub.desk,
        conflicts=hub.conflicts,
        sharing=hub.sharing,
        tasks=hub.tasks,
        drafts=hub.entry.drafts,
        encompass=hub.encompass,
        referring=hub.referring,
        governance=hub.governance,
        questions=hub.questions,
        replaying=hub.replaying,
        run_round=hub.rounds.run_once,
        run_rounds=hub.rounds.run_until,
        export_log=lambda folder: export_log(hub, folder),
        keys_status=lambda: list(hub.keys.status()),
        rotate_keys=lambda owner: hub.keys.rotate(AgencyId(owner)),
        rotate_transfer_keys=lambda: rotate(
            hub.settings.folder / CONFIG, hub.settings.folder / ROOT_KEY, hub.world.randomness
        ),
        doctor=lambda: doctor(hub),
        serve=lambda host, port, ready: serve(hub, host, port, ready),
    )


def doctor(hub: Hub) -> list[tuple[str, bool, str]]:
    """Return (check, whether it holds, words) for what an operator must know before serving."""
    ok, size, words = verified(hub)
    return [
        ("keys", True, hub.keys.describe()),
        (
            "partnership",
            not hub.partnership.synthetic,
            "synthetic: demonstration only" if hub.partnership.synthetic else hub.partnership.name,
        ),
        ("access log", ok, f"{size} entries published. {words}"),
        ("stored rows", *_all_there(hub)),
        ("agreements", *_soundness(hub)),
        (
            "files",
            hub.world.scanner is not not_scanned,
            "not scanned for malware: hand a scanner in"
            if hub.world.scanner is not_scanned
            else "scanned on their way in",
        ),
        ("administrators", *_administrators(hub)),
        ("address", hub.settings.base_url.startswith("https://"), hub.settings.base_url),
    ]


def _administrators(hub: Hub) -> tuple[bool, str]:
    """Say whether every agency has somebody who looks after its accounts."""
    without = set(hub.entry.appointments.without_administrator())
    if not without:
        return True, "Every agency looks after its own accounts."
    names = ", ".join(agency.name for agency in hub.pages.register().agencies.values() if agency.id in without)
    return False, f"Nobody confirms or stops accounts at: {names}. Give somebody there the role agency_admin."


def _all_there(hub: Hub) -> tuple[bool, str]:
    """Say whether everything that the log says was stored is still there as it was."""
    try:
        hub.rounds.publish()
        amiss = hub.rounds.audit.look()
    except HubError as error:
        return False, f"Could not be compared with the log: {error.code}."
    if not amiss:
        return True, "All facts, records and keys are there as the log says."
    named = "; ".join(f"{code} {thing}" for thing, code in sorted(amiss.items())[:_NAMED])
    return False, f"{len(amiss):,} not as the log says: {named}. Put them back from a backup, then start again."


def _soundness(hub: Hub) -> tuple[bool, str]:
    """Say whether the published agreements do what was signed."""
    try:
        policy = hub.policy.current()
        require_sound(policy)
    except PolicyError as error:
        return False, f"{error.where}: {error.code}. {error.next_step}"
    return True, f"{len(policy.agreements)} in force; worked cases hold, the implementations agree."

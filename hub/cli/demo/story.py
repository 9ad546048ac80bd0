"""Three referrals become one chronology; its readers; a withdrawal; a log that verifies, and an edited copy."""

import base64
import json
from collections.abc import Sequence
from pathlib import Path

from rich.console import Console

from hub.cli.demo.ceremony import Ceremony
from hub.cli.demo.people import Cast, enter
from hub.cli.demo.printing import print_page
from hub.cli.stage import Stage
from hub.domain.ids import FactId, FamilyId, PersonId
from hub.ledger.verify import verify
from hub.services.consenting import ConsentWord
from hub.services.family_page import Stated
from hub.services.intake import Message
from hub.services.recording import Opening, Period

MESSAGES = Path(__file__).parent / "messages"
REFERRALS = (
    ("police", "safeguarding_notice", "police_notice.json", "The police send a notice: domestic abuse, two children."),
    ("mh", "fhir_bars", "health_referral.json", "The NHS trust refers the mother, as a BaRS FHIR message."),
    ("sm", "adult_with_children_json", "treatment_referral.json", "The drug and alcohol service refers the father."),
)
HELPING = Stated("support_family", "Preparing this week's visit")
PROTECTING = Stated("protect_child", "Enquiry into last week's incident")


class Story:
    """Plays on a stage and prints what each reader sees."""

    def __init__(self, stage: Stage, console: Console, agreements: Sequence[str]) -> None:
        """Take the running hub and the agreements' texts."""
        self._stage, self._console, self.agreements = stage, console, agreements
        self.cast: Cast = enter(stage.setup, stage.randomness)
        self.family = FamilyId("")
        for username in ("pia", "ellen"):
            stage.casework.digest.choose(self.cast.accounts[username], f"{username}@school.example")

    def play(self) -> None:
        """Play everything, in order."""
        self._sign()
        for agency, connector, file, words in REFERRALS:
            self._refer(agency, connector, file, words)
        people = self._allocate()
        self._before_enquiry(people)
        enquiry = self._during_enquiry(people)
        self._on_plan(people, enquiry)
        self._read_at_school()
        self._other_readers()

    def _sign(self) -> None:
        stage = self._stage
        self.ceremony = ceremony = Ceremony(stage.signing, stage.rosters, self.cast.officers(), stage.randomness)
        ceremony.bring_into_force(stage.house_rules, "house-rules.yaml")
        for agreement in self.agreements[:2]:
            checked = stage.publishing.check(agreement, "the demo's agreement")
            key = ceremony.bring_into_force(agreement, "the demo's agreement")
            self._say(
                f"Agreement {key}: {checked.cases} worked cases pass; proposed, checked by a second person and signed "
                f"by {len(checked.parties)} parties, as were the house rules, with keys made in this run."
            )

    def _refer(self, agency: str, connector: str, file: str, words: str) -> None:
        body = (MESSAGES / file).read_bytes()
        parsed = list(self._stage.connectors[connector].parse(body, self._stage.limits))
        message = Message(self.cast.agencies[agency], connector, file, body, "application/json", parsed)
        receipt = self._stage.intake.receive(message)
        self._stage.run_round()
        self._heading(words)
        self._say(f"Receipt {receipt['receipt']}: {_outcomes(receipt)}.")
        self._place()

    def _read_at_school(self) -> None:
        """Let the school's lead read what the police's notice tells a school: the same event, and much less of it."""
        pia, notices = self.cast.accounts["pia"], self._stage.encompass.notices
        self._heading("Operation Encompass: the same incident, as the older child's school reads it")
        for line in notices.lines(pia):
            for child in notices.read(pia, line.id):
                self._say(
                    f"Pia, its safeguarding lead, {line.due_words}: {child.name}, born {child.born_words}; reference "
                    f"{child.police_reference}, {child.occurred_words}. Present: {child.present_words}. Seen and well: "
                    f'{child.welfare_words}. "{child.voice}" Not who, where or what happened.'
                )

    def _place(self) -> None:
        """Let the front door decide: the first becomes a family, the others belong to it."""
        fran, door = self.cast.accounts["fran"], self._stage.front_door
        for line in door.waiting(fran):
            page = door.page(fran, line.id)
            candidate = page.candidates[0] if page.candidates else None
            self.family = door.decide(fran, line.id, candidate.id if candidate else None)
            why = f"; candidate because: {', '.join(candidate.reasons_for)}" if candidate else " (no candidate)"
            reference = self._stage.pages.reference(self.family)
            self._say(f"Front door: Fran places it with family {reference}{why}.")

    def _allocate(self) -> dict[str, PersonId]:
        manager, accounts = self.cast.accounts["manager"], self.cast.accounts
        now = self._stage.clock()
        self._stage.recording.allocate(manager, self.family, manager, Period(now), capacity="co_allocated")
        people = self._people()
        allocate = self._stage.recording.allocate
        allocate(manager, self.family, accounts["sally"], Period(now), lead=True)
        father = [people["alleged_perpetrator"]]
        allocate(manager, self.family, accounts["rob"], Period(now), works_with=father)
        allocate(manager, self.family, accounts["pete"], Period(now), works_with=father)
        for agency, state in (("da", "not_checked"),):
            self._stage.recording.cover(accounts["sally"], self.family, self.cast.agencies[agency], state)
        return people

    def _people(self) -> dict[str, PersonId]:
        """Return part -> person, through the gate like everybody else."""
        shown = self._stage.pages.disclose(self.cast.accounts["manager"], self.family, PROTECTING)
        found: dict[str, PersonId] = {}
        for person, parts in shown.persons.items():
            kind = "child" if parts & {"child", "unborn_child"} else "adult"
            found[f"{kind}:{person}"] = person
            for part in parts:
                found.setdefault(part, person)
        return found

    def _before_enquiry(self, people: dict[str, PersonId]) -> None:
        self._show("sally", "The social worker, before a section 47 enquiry", HELPING)
        withdrawn = ConsentWord(people["alleged_perpetrator"], "withdrawn", sources=[self.cast.agencies["sm"]])
        self._stage.recording.consent(self.cast.accounts["sally"], self.family, withdrawn)
        self._show(
            "sally", "The same page one request later: the father takes back his yes to Riverside Recovery", HELPING
        )

    def _during_enquiry(self, people: dict[str, PersonId]) -> FactId:
        enquiry = self._open(people, "s47_enquiry", "Strategy discussion of this morning; the child was present.")
        self._show("sally", "The social worker, during the section 47 enquiry the manager recorded", PROTECTING)
        return enquiry

    def _on_plan(self, people: dict[str, PersonId], enquiry: FactId) -> None:
        self._open(people, "child_protection_plan", "Conference decision: plan for both children.")
        manager = self.cast.accounts["manager"]
        self._stage.recording.end(manager, self.family, enquiry, self._stage.clock())
        self._show("sally", "The social worker, on the child protection plan that followed", PROTECTING)

    def _open(self, people: dict[str, PersonId], code: str, evidence: str) -> FactId:
        children = [person for key, person in people.items() if key.startswith("child:")]
        adults = [person for key, person in people.items() if key.startswith("adult:")]
        opening = Opening(code, self.cast.agencies["csc"], children, adults, evidence=evidence)
        manager = self.cast.accounts["manager"]
        return self._stage.recording.open(manager, self.family, opening, Period(self._stage.clock()))

    def _other_readers(self) -> None:
        self._show("rob", "The father's recovery worker", PROTECTING)
        self._show("pete", "The worker allocated to the father, who is said to have caused harm", PROTECTING)
        self._heading("The information governance officer: decisions and reasons, no content")
        for line in self._stage.governance.log(self.cast.accounts["iggy"])[:6]:
            self._say(
                f"{line.when_words}  {line.who}: {line.operation_words} {line.family_reference}  {line.rules_words}"
            )

    def prove(self, folder: Path) -> bool:
        """Verify the log, then edit one entry in an exported copy and show that verification names it."""
        self._stage.run_round()
        self._heading("The access log")
        size = self._stage.export_log(folder)
        sound = verify(folder)
        self._say(f"hub ledger verify: {size} entries, {'all as they were written' if sound.ok else sound.problem}.")
        edited = size // 2
        lines = (folder / "entries.jsonl").read_text().splitlines()
        lines[edited] = _edited(lines[edited])
        (folder / "entries.jsonl").write_text("\n".join(lines) + "\n")
        broken = verify(folder)
        self._say(f"One byte of entry {edited} edited in a copy: {broken.problem} at entry {broken.bad_index}.")
        return sound.ok and not broken.ok and broken.bad_index == edited

    def _show(self, username: str, words: str, stated: Stated) -> None:
        self._heading(words)
        page = self._stage.pages.page(self.cast.accounts[username], self.family, stated)
        print_page(self._console, page)

    def _heading(self, words: str) -> None:
        self._console.print()
        self._console.rule(f"[bold]{words}", align="left")

    def _say(self, words: str) -> None:
        self._console.print(words, highlight=False, soft_wrap=True)


def _outcomes(receipt: dict[str, object]) -> str:
    records = receipt["records"]
    lines = records if isinstance(records, list) else []
    return ", ".join(f"{line['pointer']} {line['outcome']} (remarks: {len(line['issues'])})" for line in lines)


def _edited(line: str) -> str:
    entry = json.loads(line)
    raw = bytearray(base64.b64decode(entry["ciphertext"]))
    raw[len(raw) // 2] ^= 1
    return json.dumps({**entry, "ciphertext": base64.b64encode(bytes(raw)).decode()})


def agreements(policies: Path, year: int) -> list[str]:
    """Return the texts that the demonstration signs: the family's work, what schools are told, families that move.

    The story is told on the first two.
    """
    names = ("efs-2026-04.yaml", "oe-2026-04.yaml", "mv-2026-04.yaml")
    return [_in_force_now((policies / "agreements" / name).read_text(), year) for name in names]


def _in_force_now(text: str, year: int) -> str:
    """Return the example agreement with dates around this year, so that the demonstration does not age."""
    return text.replace('from: "2026-04-01", until: "2028-03-31"', f'from: "{year}-01-01", until: "{year + 1}-12-31"')

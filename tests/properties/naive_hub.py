"""What the hub must answer, told naively: events in a list, the signed texts as plain YAML, every rule tried in turn.

It shares no code with the loader, the compiled tables, the circumstances or the facts; it is never optimised.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import yaml

from tests.properties.naive_lives import still_a_child, word_counts

POLICIES = Path(__file__).resolve().parents[2] / "policies"
CAPACITY = {"allocated": "allocated_in_own_right", "co_allocated": "co_allocated", "covering": "covering"}
LADDER = ("show", "attributed", "count", "hide")
NO, YES = {"refused", "withdrawn"}, {"given", "given_with_conditions"}
SCOPE = ("categories", "sources", "recipients", "purposes")
Text = Mapping[str, Any]


@dataclass
class Said:
    """One thing somebody recorded."""

    id: str
    kind: str
    what: dict[str, Any]
    start: datetime
    until: datetime | None
    recorded: datetime
    ended: list[tuple[datetime, datetime]] = field(default_factory=list)
    by: str = ""

    def stands(self, at: datetime, known: datetime) -> bool:
        ends = [end for end, recorded in self.ended if recorded <= known]
        ends += [self.until] if self.until else []
        return self.recorded <= known and self.start <= at and all(at < end for end in ends)


@dataclass(frozen=True)
class Asked:
    """Who asks about what; `item` is the record's id."""

    reader: str
    purpose: str
    met: frozenset[str]
    at: datetime
    known: datetime
    item: str = ""


@dataclass
class NaiveHub:
    """One family. `agencies` maps an agency's id to its code and kind."""

    agencies: dict[str, tuple[str, str]]
    said: list[Said] = field(default_factory=list)
    agreements: list[Text] = field(
        default_factory=lambda: [_text(path) for path in sorted(POLICIES.glob("agreements/*.yaml"))]
    )
    house: Text = field(default_factory=lambda: _text(POLICIES / "house-rules.yaml"))
    words: Text = field(default_factory=lambda: _text(POLICIES / "vocabulary.yaml"))

    def level(self, asked: Asked, label: Text) -> tuple[str, str]:
        """Return (level, rule): the strictest over the subjects."""
        found = [self._about(asked, label, subject) for subject in sorted(label["subjects"]) or [None]]
        return max(found, key=lambda pair: (LADDER.index(pair[0]), pair[1]))

    def spoken(self) -> list[Text]:
        """Return every rule and every gap there is."""
        return [one for text in self.agreements for one in (*text["sharing"], *text.get("gaps", ()))]

    def _now(self, asked: Asked, kind: str) -> list[Said]:
        return [one for one in self.said if one.kind == kind and one.stands(asked.at, asked.known)]

    def _mine(self, asked: Asked) -> list[Said]:
        return [one for one in self._now(asked, "allocation") if one.what["account"] == asked.reader]

    def _about(self, asked: Asked, label: Text, subject: str | None) -> tuple[str, str]:
        account = [one.what for one in self._now(asked, "account") if one.what["account"] == asked.reader]
        if not account or account[-1]["active"] != "yes":
            return "hide", ""
        links = {one.what["reference"]: one.what["person"] for one in self._now(asked, "identity")}
        members: dict[str, set[str]] = {}
        for one in self._now(asked, "membership"):
            members.setdefault(one.what["person"], set()).update(one.what["parts"])
        person = links.get(subject) if subject else None
        strangers = {p for one in self._mine(asked) for p in one.what["works_with"]} - set(members)
        if strangers or (subject and person not in members):
            return "hide", ""
        parts = members[person] if person else {"family"}
        related = self._relationships(asked, account[-1], label, person, members)
        pinned = {"pinned"} if related & {"pin_owner", "pin_reviewer"} else set()
        case = {
            **{key: label[key] for key in ("category", "sensitivity", "handling", "audience")},
            "source": self.agencies[label["owner"]],
            "recipient": self.agencies[account[-1]["agency"]],
            "role": account[-1]["role"],
            "purpose": asked.purpose,
            "parts": parts,
            "openings": pinned.union(self._openings(asked, label, person, self.agencies[account[-1]["agency"]][0])),
        }
        case["relationships"] = related | ({"holder_decision"} & case["openings"])
        case["consent"], case["given"] = self._consent(asked, case, person)
        return self._judged(asked, case | {"at": asked.at})

    def _relationships(
        self, asked: Asked, account: Text, label: Text, person: str | None, members: Mapping[str, set[str]]
    ) -> set[str]:
        found = {f"on_duty_{desk}" for desk in self._desks(asked)}
        found |= {"front_door_staff"} if account["role"] == "front_door_worker" else set()
        found -= {"on_duty_edt"} - {f"on_duty_{one.what.get('taken_up')}" for one in self._now(asked, "duty")}
        if not self._now(asked, "received"):
            found -= {"front_door_staff", "on_duty_front_door"}
        found |= {"emergency_reader"} if self._emergencies(asked) else set()
        for one in self._mine(asked):
            people = one.what["works_with"]
            found.add(CAPACITY[one.what["capacity"]])
            found.add("allocated_to_adult" if people else "allocated_to_family")
            parts = {part for each in people for part in members[each]}
            found |= {f"allocated_to_{part}" for part in parts & {"victim", "alleged_perpetrator"}}
            found |= {"allocated_to_subject"} if person in people else set()
        found |= self._pins(asked, account, label) if found else set()
        return (self._ties(asked) or found) | ({"own_agency"} if label["owner"] == account["agency"] else set())

    def _ties(self, asked: Asked) -> set[str]:
        """Return why the family is not this reader's at all: tied to it, or not at the desk that holds it."""
        outside = {one.what["desk"] for one in self._now(asked, "restricted")} - self._desks(asked)
        tied = any(one.what["account"] == asked.reader for one in self._now(asked, "conflict"))
        ties = (("conflict_of_interest", tied), ("outside_restricted_desk", bool(outside)))
        return {word for word, so in ties if so}

    def _desks(self, asked: Asked) -> set[str]:
        return {one.what["desk"] for one in self._now(asked, "duty") if one.what.get("account") == asked.reader}

    def _emergencies(self, asked: Asked) -> list[Said]:
        opened = self._now(asked, "opening")
        return [one for one in opened if one.what["opening"] == "emergency" and one.by == asked.reader]

    def _pins(self, asked: Asked, account: Text, label: Text) -> set[str]:
        """Return what a recorded decision that relied on this item, seen by this label, makes of the reader."""
        found = set()
        for one in self._now(asked, "pin"):
            pin = one.what
            if asked.item in pin["items"] and label in pin["seen_by"]:
                colleague = (pin["agency"], pin["reviewer_role"]) == (account["agency"], account["role"])
                found |= {"pin_owner"} if pin["owner"] == asked.reader else set()
                found |= {"pin_reviewer"} if colleague or pin["desk"] in self._desks(asked) else set()
        return found

    def _openings(self, asked: Asked, label: Text, person: str | None, taker: str) -> Iterator[str]:
        for one in self._now(asked, "opening"):
            what = one.what
            if what["opening"] == "holder_decision":
                mine = self.agencies[what["agency"]] == self.agencies[label["owner"]]
                if asked.item in what["items"] and mine and self.agencies[what["recipient"]][0] == taker:
                    yield what["opening"]
            elif what["opening"] == "emergency" and one.by != asked.reader:
                continue
            elif person in what["adults"] or (person in what["children"] and self._is_child(asked, what, person)):
                yield what["opening"]

    def _is_child(self, asked: Asked, what: Text, person: str | None) -> bool:
        return still_a_child(what["opening"], str(person), asked.at, lambda *which: self._happened(asked, *which))

    def _happened(self, asked: Asked, person: str, event: str, when: datetime) -> list[dict[str, Any]]:
        lived = [one for one in self.said if one.kind == "life" and one.stands(when, asked.known)]
        found = [one for one in lived if (one.what["person"], one.what["event"]) == (person, event)]
        return [one.what for one in sorted(found, key=lambda one: (one.start, one.recorded))]

    def _counts(self, asked: Asked, word: Said) -> bool:
        born = [one for one in self.said if one.kind == "life" and one.recorded <= asked.known]
        turned = [
            one.start for one in born if (one.what["person"], one.what["event"]) == (word.what["person"], "turns_16")
        ]
        return word_counts(
            word.what, word.start, asked.at, lambda *which: self._happened(asked, *which), max(turned, default=None)
        )

    def _consent(self, asked: Asked, case: Text, person: str | None) -> tuple[str, datetime]:
        flow = {"categories": case["category"], "sources": case["source"][0]}
        flow |= {"recipients": case["recipient"][0], "purposes": case["purpose"]}
        last: Text | None = None
        words = [one for one in self._now(asked, "consent") if one.what["person"] == person]
        spoken = [one for one in words if self._counts(asked, one)]
        for one in sorted(spoken, key=lambda said: said.start):
            scopes = {key: self._codes(one.what[key]) for key in SCOPE}
            if not all("*" in scopes[key] or flow[key] in scopes[key] for key in SCOPE):
                continue
            if last is not None and last["status"] in NO and one.what["status"] not in NO:
                wider = all("*" in scopes[key] or scopes[key] >= last["scopes"][key] for key in SCOPE)
                silent = one.what["reason"] == "stated_by_sender" or one.what["status"] not in YES
                if silent or (wider and scopes != last["scopes"]):
                    continue
            last = {"status": one.what["status"], "scopes": scopes, "start": one.start}
        if last is None or last["status"] == "expired":
            return "not_sought", asked.at
        return str(last["status"]), last["start"]

    def _codes(self, words: Iterable[str]) -> set[str]:
        return {self.agencies[word][0] if word in self.agencies else word for word in words}

    def _judged(self, asked: Asked, case: Text) -> tuple[str, str]:
        standing = [text for text in self.agreements if _in_force(text, asked.at)]
        gone = {one.what["agreement"] for one in self._now(asked, "suspension")}
        running = [text for text in standing if not {text["agreement"], _key(text)} & gone]
        bars = [(key, never) for key, never, parties in self._nevers(standing) if _bars(never, case, parties)]
        plain = [(key, never.get("display", "hide")) for key, never in bars]
        barred = [(LADDER.index(level), key) for key, level in plain if level != "ask_holder"]
        if barred:
            rank = max(rank for rank, _ in barred)
            return LADDER[rank], min(key for found, key in barred if found == rank)
        rules = [] if bars else [(text, rule) for text in running for rule in text["sharing"]]
        permits = [(text, rule) for text, rule in rules if self._permits(text, rule, case)]
        permits.sort(key=_preference)
        for text, rule in permits:
            duties = [
                duty for duty in rule.get("obligations", ()) if text["obligations"][duty].get("blocking") == "yes"
            ]
            if set(duties) <= asked.met:
                return "show", f"{_key(text)}:{rule['rule']}"
        if permits:
            return "attributed", f"{_key(permits[0][0])}:{permits[0][1]['rule']}"
        gaps = [
            (LADDER.index(gap["level"]), f"{_key(text)}:{gap['gap']}")
            for text in running
            for gap in text.get("gaps", ())
            if self._fits(text, gap, case)
        ]
        return (LADDER[min(gaps)[0]], min(gaps)[1]) if gaps else ("hide", "")

    def _nevers(self, standing: Iterable[Text]) -> Iterator[tuple[str, Text, set[str]]]:
        for never in self.house["never"]:
            yield f"{self.house['house_rules']}/{self.house['version']}:{never['rule']}", never, set()
        for text in standing:
            chosen = [one["never"] for one in text.get("options", {}).values() if one["chosen"] == "yes"]
            for never in (*text.get("never", ()), *(never for nevers in chosen for never in nevers)):
                yield f"{_key(text)}:{never['rule']}", never, set(text["parties"])

    def _fits(self, text: Text, rule: Text, case: Text) -> bool:
        ladder = list(self.words["sensitivities"])
        parties = [(code, party["kind"]) for code, party in text["parties"].items()]
        return (
            case["source"] in parties
            and case["recipient"] in parties
            and case["source"][0] in rule["from"]
            and case["recipient"][0] in rule["to"]
            and case["role"] in rule["roles"]
            and case["purpose"] in rule["purposes"]
            and case["category"] in rule["categories"]
            and ladder.index(case["sensitivity"]) <= ladder.index(rule["up_to"])
            and bool(case["relationships"] & set(rule["relationship"]))
            and ("and_relationship" not in rule or bool(case["relationships"] & set(rule["and_relationship"])))
            and ("subject_parts" not in rule or bool(case["parts"] & set(rule["subject_parts"])))
        )

    def _permits(self, text: Text, rule: Text, case: Text) -> bool:
        said = rule["consent"]
        if "openings" in said and not set(said["openings"]) & case["openings"]:
            return False
        if case["consent"] in NO:
            spoken = said.get("overrides_refusal") == "yes" or said["need"] == "not_engaged"
        else:
            spoken = said["need"] != "given" or (case["consent"] in YES and _fresh(said, case))
        return spoken and self._fits(text, rule, case)


def _text(path: Path) -> Text:
    found: Text = yaml.load(path.read_text(), Loader=yaml.BaseLoader)  # noqa: S506  texts only
    return found


def _key(text: Text) -> str:
    return f"{text['agreement']}/{text['version']}"


def _in_force(text: Text, at: datetime) -> bool:
    first, last = (datetime.fromisoformat(text["in_force"][side]).replace(tzinfo=UTC) for side in ("from", "until"))
    return first <= at < last + timedelta(days=1)


def _fresh(said: Text, case: Text) -> bool:
    """Say whether a consent is young enough for the rule; only whole months are written in the agreements here."""
    if "lasts" not in said:
        return True
    months = int(said["lasts"].removeprefix("P").removesuffix("M"))
    given: datetime = case["given"]
    year, month = divmod(given.year * 12 + given.month - 1 + months, 12)
    day = given.day
    while True:
        try:
            return bool(case["at"] < given.replace(year=year, month=month + 1, day=day))
        except ValueError:
            day -= 1


def _bars(never: Text, case: Text, parties: set[str]) -> bool:
    ends = ((never.get("from", parties), case["source"]), (never.get("to", parties), case["recipient"]))
    if parties and any(agency[0] not in allowed for allowed, agency in ends):
        return False
    when, unless = never.get("when", {}), never.get("unless", {})
    asked = (
        (never.get("categories"), {case["category"]}),
        (when.get("viewer_relationship"), case["relationships"]),
        (when.get("roles"), {case["role"]}),
        (when.get("handling"), {case["handling"]}),
        (when.get("audience"), {case["audience"]}),
        (when.get("parts"), case["parts"]),
    )
    lifted = (
        (unless.get("viewer_relationship"), case["relationships"]),
        (unless.get("roles"), {case["role"]}),
        (unless.get("recipient_kinds"), {case["recipient"][1]}),
        (unless.get("openings"), case["openings"]),
        (unless.get("consent"), {case["consent"]}),
    )
    matches = all(wanted is None or set(wanted) & found for wanted, found in asked)
    return matches and not any(wanted and set(wanted) & found for wanted, found in lifted)


def _preference(pair: tuple[Text, Text]) -> tuple[bool, bool, int, float, str]:
    text, rule = pair
    said = rule["consent"]
    newest = -datetime.fromisoformat(text["in_force"]["from"]).replace(tzinfo=UTC).timestamp()
    key = f"{_key(text)}:{rule['rule']}"
    return said.get("overrides_refusal") == "yes", said["need"] != "given", len(text["parties"]), newest, key

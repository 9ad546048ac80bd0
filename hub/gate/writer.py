"""Everything that is stored passes here: deposited records, recorded facts, families combined.

INVARIANT: keys are committed first, then the log entry, then the rows, in one transaction whose commit acknowledges.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from sqlalchemy import Connection

from hub.domain.access import Act, Operation
from hub.domain.canonical import digest
from hub.domain.clock import from_micros
from hub.domain.errors import AccessRefusedError, ConflictError, HubError, StaleFactsError
from hub.domain.facts import AGENCIES_CHAIN, Fact, FactKind, dated, standing
from hub.domain.fields import category_of
from hub.domain.ids import AccountId, EntryId, FamilyId, RecordId
from hub.gate import factbook
from hub.gate.authority import require_may_place, require_may_record
from hub.gate.parts import Parts
from hub.gate.pinning import pinned_as_seen
from hub.gate.records import NewRecord, SealedRecord, seal
from hub.gate.view import View
from hub.ledger.entries import Entry
from hub.policy.circumstances import Circumstances
from hub.policy.procedure import chains_read_for
from hub.store.sealed import records as rows
from hub.store.sealed.labels import label_numbers

Alongside = Callable[[Connection], None]
"""Clear rows to write in the same transaction as what the gate stores (receipt, referral, task, outbox)."""

Homes = Mapping[RecordId, FamilyId]
LabelNumbers = Mapping[RecordId, Collection[int]]


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts: an account, or the hub itself for an authenticated agency (`on_behalf`)."""

    account: AccountId
    on_behalf: str = ""


@dataclass(frozen=True, slots=True)
class Deposit:
    """Records and facts that enter one family together.

    `coverage` says that their sender has looked; it is heard only by those who may know of what came in, so it is
    recorded with the numbers of the records' labels.
    """

    family: FamilyId
    records: Sequence[NewRecord]
    facts: Sequence[Fact] = ()
    coverage: Fact | None = None


ATTEMPTS = 3
KEYS_WAIT = timedelta(hours=1)
"""How long after its key was made a record may still be stored: `Upkeep.sweep` destroys only much older keys."""
_HEARD_BY_LABEL = frozenset({FactKind.MEMBERSHIP, FactKind.COVERAGE, FactKind.CONSENT})


class Writer:
    """Deposits and records. Built once by wiring."""

    def __init__(self, parts: Parts) -> None:
        """Take what the gate holds."""
        self._parts = parts

    def deposit(self, actor: Actor, act: Act, deposits: Sequence[Deposit], before: Alongside, after: Alongside) -> None:
        """Seal and store new records, with `before` and `after` in the same transaction.

        The agency named in `actor.on_behalf` must be a standing agency of the partnership: nobody else's record enters.
        """
        agencies = [fact.body for fact in self.standing_facts([AGENCIES_CHAIN], self._parts.clock())]
        if actor.on_behalf not in {body.get("agency", body.get("code")) for body in agencies}:
            self._refuse(actor, act, None, AccessRefusedError("unknown_agency"))
        homes = {record.id: deposit.family for deposit in deposits for record in deposit.records}
        sealed = seal(self._parts, (record for d in deposits for record in d.records), self._parts.clock())
        with self._storing(_collection(actor, act, deposits)) as (_, connection):
            before(connection)
            numbers = self._insert(connection, homes, sealed)
            heads = factbook.append(self._parts, connection, (f for d in deposits for f in _heard_by(d, numbers)))
            after(connection)
        factbook.enter_heads(self._parts, heads, {"outlines": _frames(homes, sealed)})

    def record(  # noqa: PLR0913  what one recording is made of
        self,
        actor: Actor,
        act: Act,
        family: FamilyId | None,
        facts: Sequence[Fact],
        *,
        purpose: str = "",
        records: Sequence[NewRecord] = (),
        may_also: Sequence[Fact] = (),
        alongside: Alongside | None = None,
        justification: str = "",
    ) -> EntryId:
        """Record facts about one family (or none), if this actor may; a refusal is entered and raised.

        `may_also` are facts that this actor must be entitled to, though they are not recorded (a decision not to
        share needs the same standing as one to share). Facts that moved meanwhile: everything is asked again.
        """
        said = _Recording(
            actor, act, family, tuple(facts), purpose, tuple(records), tuple(may_also), alongside, justification
        )
        sealed: list[SealedRecord] = []
        for attempt in range(ATTEMPTS):
            who, gathered, stamped = self._entitled(said)
            if not attempt:  # keys are made once: what is asked again is whether it may be stored
                sealed += seal(self._parts, [_about_somebody(record, who) for record in records], self._parts.clock())
            try:
                return self._record_once(replace(said, facts=tuple(stamped)), who, gathered, sealed)
            except StaleFactsError:
                if attempt == ATTEMPTS - 1:
                    raise
        raise StaleFactsError(where=family or "", next_step="ask_again")

    def _entitled(self, said: "_Recording") -> tuple[Circumstances, factbook.Gathered, list[Fact]]:
        """Return who records, what stood at that moment, and the facts as they are recorded; else enter a refusal."""
        who, gathered = self._who(said.actor, said.family, chains_read_for(said.facts))
        facts: list[Fact] = []
        try:
            for fact in (*said.facts, *said.may_also):
                require_may_record(fact, who, gathered.policy)
            _require_owners(said.records, who)
            facts = self._pinned(said)
        except (AccessRefusedError, ConflictError) as error:
            self._refuse(said.actor, said.act, who, error, said.family)
        return who, gathered, [_stamped(fact, said.actor) for fact in facts]

    def _record_once(
        self, said: "_Recording", who: Circumstances, gathered: factbook.Gathered, sealed: Sequence[SealedRecord]
    ) -> EntryId:
        with self._storing(self._alteration(said, who)) as (entry, connection):
            self._require_unmoved(connection, gathered)
            heads = factbook.append(self._parts, connection, said.facts)
            homes = {} if said.family is None else dict.fromkeys((record.id for record in said.records), said.family)
            self._insert(connection, homes, sealed if homes else [])
            if said.alongside is not None:
                said.alongside(connection)
        factbook.enter_heads(self._parts, heads, {"outlines": _frames(homes, sealed)} if homes else {})
        return entry

    def _pinned(self, said: "_Recording") -> list[Fact]:
        """Return the facts, each pin with what its recorder sees at this moment; a written reason comes with it."""
        if all(fact.kind is not FactKind.PIN for fact in said.facts):
            return list(said.facts)
        now, met = self._parts.clock(), frozenset({"state_purpose", "state_reason"})
        who, family = said.actor.account, said.family or FamilyId("")
        view = View(said.act, who, family, said.purpose, frozenset(), at=now, known=now, satisfied=met)
        with self._parts.rows.read() as connection:
            return [pinned_as_seen(self._parts, connection, fact, view) for fact in said.facts]

    def _require_unmoved(self, connection: Connection, gathered: factbook.Gathered) -> None:
        if factbook.watermark(self._parts, connection, gathered.chains) != gathered.watermark:
            raise StaleFactsError(next_step="ask_again")

    @contextmanager
    def _storing(self, entry: Entry) -> Iterator[tuple[EntryId, Connection]]:
        """Enter what is about to be stored, then open its transaction; when that fails, enter that nothing was stored.

        The log must say what happened: a placing that somebody else was faster with did not happen.
        """
        committed = self._parts.book.append(entry)
        try:
            with self._parts.rows.write() as connection:
                yield committed.id, connection
        except Exception as error:
            code = error.code if isinstance(error, HubError) else "database"
            undone = {**entry.detail, "entry": committed.id, "code": code}
            self._parts.book.append(replace(entry, records=(), outcome="not_stored", detail=undone))
            raise

    def begin(self, account: AccountId, facts: Sequence[Fact], alongside: Alongside) -> None:
        """Record a partnership's first facts, before which nobody may record anything; refused ever after."""
        chains = {fact.chain for fact in facts}
        if self._parts.book.heads(chains):
            raise AccessRefusedError("already_founded")
        act = Act.PARTNERSHIP_FOUND.value
        entry = Entry(operation=Operation.POLICY, act=act, actor=account, actor_role="system", outcome="founded")
        with self._storing(entry) as (_, connection):
            alongside(connection)
            heads = factbook.append(self._parts, connection, facts)
        factbook.enter_heads(self._parts, heads)

    def combine(
        self, actor: Actor, source: FamilyId, target: FamilyId, facts: Sequence[Fact], alongside: Alongside
    ) -> EntryId:
        """Place one family's records in another and record who is who; nothing is re-sealed, so it can be undone."""
        who, gathered = self._who(actor, source)
        try:
            require_may_place(who)
        except AccessRefusedError as error:
            self._refuse(actor, Act.MATCH_CONFIRM, who, error, source)
        said = _Recording(actor, Act.MATCH_CONFIRM, target, tuple(facts), "front_door")
        entry = replace(
            self._alteration(said, who),
            operation=Operation.COMBINATION,
            detail={"source": source, "target": target},
        )
        with self._storing(entry) as (committed, connection):
            self._require_unmoved(connection, gathered)
            alongside(connection)
            rows.move_records(connection, self._parts.partnership, source, target)
            heads = factbook.append(self._parts, connection, facts)
        factbook.enter_heads(self._parts, heads, {"moved": {source: target}})
        return committed

    def standing_facts(self, chains: Iterable[str], at: datetime) -> tuple[Fact, ...]:
        """Return authenticated facts in force, for composing the next ones; they hold codes and ids only."""
        with self._parts.rows.read() as connection:
            return standing(factbook.believed(self._parts, connection, list(chains)), at=at, known=at)

    def dated_facts(self, chains: Iterable[str]) -> tuple[Fact, ...]:
        """Return authenticated facts with the ends recorded by now, past and to come too; they hold codes and ids."""
        with self._parts.rows.read() as connection:
            return dated(factbook.believed(self._parts, connection, list(chains)), known=self._parts.clock())

    def _insert(self, connection: Connection, homes: Homes, sealed: Sequence[SealedRecord]) -> LabelNumbers:
        """Store sealed records, each in its family; returns the numbers of each record's labels."""
        if not sealed:
            return {}
        if self._parts.clock() - from_micros(min(record.outline[1].recorded for record in sealed)) > KEYS_WAIT:
            raise StaleFactsError("keys_too_old", next_step="ask_again")
        numbers = label_numbers(connection, self._parts.partnership, {n for r in sealed for n in r.labels()})
        rows.insert_records(
            connection,
            self._parts.partnership,
            homes,
            [frame._replace(label=numbers[label]) for label, frame in (record.outline for record in sealed)],
            [part._replace(label=numbers[label]) for record in sealed for label, part in record.sets],
        )
        return {record.outline[1].record: [numbers[label] for label in record.labels()] for record in sealed}

    def _who(
        self, actor: Actor, family: FamilyId | None, also: Sequence[str] = ()
    ) -> tuple[Circumstances, factbook.Gathered]:
        """Return who acts, in view of authenticated facts, and the watermark those stood at."""
        with self._parts.rows.read() as connection:
            return factbook.who_acts(self._parts, connection, family, actor.account, also)

    def _refuse(
        self, actor: Actor, act: Act, who: Circumstances | None, error: HubError, family: FamilyId | None = None
    ) -> None:
        self._parts.book.append(
            Entry(
                operation=Operation.DENIAL,
                act=act.value,
                actor=actor.account,
                actor_role=who.viewer_role if who else "",
                agency=actor.on_behalf or (who.viewer_agency if who else ""),
                family=family or "",
                outcome=error.code,
            )
        )
        raise error

    def _alteration(self, said: "_Recording", who: Circumstances) -> Entry:
        return Entry(
            operation=Operation.EMERGENCY if said.act is Act.EMERGENCY_OPEN else Operation.ALTERATION,
            act=said.act.value,
            actor=said.actor.account,
            actor_role=who.viewer_role,
            agency=who.viewer_agency,
            on_behalf=said.actor.on_behalf,
            purpose=said.purpose,
            justification=said.justification,
            family=said.family or "",
            selection={"facts": [f"{fact.kind.value}:{fact.id}" for fact in said.facts]},
            outcome="recorded",
            detail={"ends": " ".join(fact.ends for fact in said.facts if fact.ends)},
        )


@dataclass(frozen=True, slots=True)
class _Recording:
    """One thing to record, as it was asked."""

    actor: Actor
    act: Act
    family: FamilyId | None
    facts: tuple[Fact, ...]
    purpose: str = ""
    records: tuple[NewRecord, ...] = ()
    may_also: tuple[Fact, ...] = ()
    alongside: Alongside | None = None
    justification: str = field(default="", repr=False)


def _collection(actor: Actor, act: Act, deposits: Sequence[Deposit]) -> Entry:
    records = [record for deposit in deposits for record in deposit.records]
    return Entry(
        operation=Operation.COLLECTION,
        act=act.value,
        actor=actor.account,
        agency=actor.on_behalf,
        purpose="intake",
        subjects=tuple(sorted({subject for record in records for subject in record.about})),
        family=deposits[0].family if len(deposits) == 1 else "",
        records=tuple(record.id for record in records),
        fields=tuple(sorted({category_of(record.kind, name) for record in records for name in record.fields})),
        outcome="stored",
    )


def _stamped(fact: Fact, actor: Actor) -> Fact:
    """Let nobody say who recorded a fact but the hub."""
    return replace(fact, recorded_by=actor.account)


def _frames(homes: Homes, sealed: Iterable[SealedRecord]) -> dict[str, dict[str, str]]:
    """Return, by family, the digest of each record's outline as it is authenticated, for the log."""
    found: dict[str, dict[str, str]] = {}
    for _, outline in (record.outline for record in sealed):
        found.setdefault(homes[outline.record], {})[outline.record] = digest(outline.frame())
    return found


def _require_owners(records: Iterable[NewRecord], who: Circumstances) -> None:
    """A record that belongs to nobody could be read by nobody, and every view would report it as a fault."""
    strangers = sorted({record.owner for record in records} - who.agencies.keys())
    if strangers:
        raise AccessRefusedError("unknown_agency", where=" ".join(strangers))


def _about_somebody(record: NewRecord, who: Circumstances) -> NewRecord:
    """A note about nobody would open in any family it was moved to: it speaks of everyone in this one."""
    return record if record.about else replace(record, about=frozenset(who.reference_to_person))


def _heard_by(deposit: Deposit, numbers: LabelNumbers) -> tuple[Fact, ...]:
    """Say with each membership and coverage statement which labels came in with it: who may know of them hears it."""
    via = [str(number) for number in sorted({n for record in deposit.records for n in numbers.get(record.id, ())})]
    facts = (*deposit.facts, *((deposit.coverage,) if deposit.coverage else ()))
    return tuple(
        replace(fact, body={**fact.body, "via_labels": via}) if fact.kind in _HEARD_BY_LABEL else fact for fact in facts
    )

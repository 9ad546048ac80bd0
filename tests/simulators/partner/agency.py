"""One agency's system at work: it sends, amends, takes back, makes mistakes, and keeps its books."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Final

import jwt

from connectors.client import Answer, HubClient, RefusedError
from tests.simulators.partner.batches import FILES, FileActs, Signer
from tests.simulators.partner.book import Book, Sent
from tests.simulators.partner.dialects import DIALECTS, Dialect, Saying
from tests.simulators.partner.line import Dice
from tests.simulators.partner.message import ACCEPTED, QUARANTINED, SIGNATURE, Message, Promise

CONFLICT, UNREADABLE = 409, 400
NOT_LET_IN: Final = frozenset({401, 403})
ACTS: Final = (
    "new",
    "several",
    "amend",
    "amend_unknown",
    "late_original",
    "stale",
    "withdraw",
    "withdraw_twice",
    "withdraw_unknown",
    "spoiled",
    "twice",
    "clash",
    "unreadable",
)
HOUSEHOLDS: Final = 12


class StoppedError(Exception):
    """The week cannot go on: the hub does not let the client in, or takes nothing that an act could build on."""


class Agency:
    """Plays acts by name. `speaks` are the formats it sends in; what it says is chosen by the dice.

    Whoever sends files needs a `signer`.
    """

    def __init__(
        self, client: HubClient, name: str, speaks: Sequence[str], dice: Dice, signer: Signer | None = None
    ) -> None:
        self.client, self.name, self._dice, self.book, self._signer = client, name, dice, Book(), signer
        self._speaks = [(DIALECTS | FILES)[one] for one in speaks]
        self._numbers = 0
        self.withdrawn: set[str] = set()
        self._said: dict[str, tuple[Dialect, Saying]] = {}
        self._early: list[tuple[Dialect, Saying]] = []
        self.files = [one for one in self._speaks if one.connector]
        acts = {act: getattr(self, f"_{act}") for act in ACTS}
        self._acts: dict[str, Callable[[], None]] = acts | FileActs(self, self.files).acts

    def play(self, act: str) -> None:
        """Do one act; what an act needs and is not there is done first."""
        self._acts[act]()

    def begin(self) -> None:
        """Sign in, and note what the hub has of this agency already: the books count what this run sends.

        Raises:
            StoppedError: not let in, or the key does not sign.
            UnreachableError: no answer.
        """
        try:
            self.book.before = frozenset(receipt["receipt"] for receipt in self.client.receipts())
        except RefusedError as refused:
            raise StoppedError(f"not let in: the hub answered {refused.status}") from None
        except (jwt.PyJWTError, ValueError, TypeError, AttributeError):  # a public key is found out so late
            raise StoppedError("the key does not sign, or the address is neither https nor on this machine") from None

    def leave_alone(self) -> None:
        """Neither amend nor take back what was sent so far."""
        self._said.clear()

    def send(self, message: Message) -> Sent:
        """Send until it is answered, and keep both."""
        try:
            answer = self.client.deliver(message.path, message.body, message.all_headers)
        except RefusedError as refused:
            if refused.status in NOT_LET_IN:
                raise StoppedError(f"not let in: the hub answered {refused.status} to {message.path}") from None
            answer = Answer(refused.status, b"")
        return self.book.enter(message, answer, self.client)

    def _new(self) -> None:
        dialect, said = self.fresh()
        self.tell(dialect, [(said, Promise(said.ref))])

    def _several(self) -> None:
        """A message of three, of which nobody can read the second: the others are none the worse."""
        dialect = self.choose([one for one in self._speaks if one.many])
        if dialect is None:
            return self._new()
        fresh = [self.fresh(dialect)[1] for _ in range(3)]
        fresh[1] = replace(fresh[1], spoiled=True)
        return self.tell(dialect, [(one, _waits(one) if one.spoiled else Promise(one.ref)) for one in fresh])

    def _amend(self) -> None:
        dialect, said = self.standing()
        later = replace(said, version=said.version + 1, action="amend")
        self.tell(dialect, [(later, Promise(later.ref, opens=False))])

    def _amend_unknown(self) -> None:
        """What is amended comes later, or never came."""
        dialect, said = self.fresh()
        later = replace(said, version=2, action="amend")
        self._early.append((dialect, said))
        remark = "amends_nothing_received"
        self.tell(dialect, [(later, Promise(later.ref, remark=remark))])

    def _late_original(self) -> None:
        """The message that an amendment overtook: it is no second referral, and a person looks at it."""
        if not self._early:
            self._amend_unknown()
        dialect, said = self._early.pop(0)
        self.tell(dialect, [(said, replace(_waits(said), remark="version_not_higher"))])

    def _stale(self) -> None:
        """An amendment that is not higher than what stands, and says something else: it waits, once."""
        dialect, said = self.standing()
        again = replace(said, action="amend", household=said.household + 1)
        waits = f"{said.ref} otherwise in version {said.version}"
        promise = Promise(waits, QUARANTINED, "version_not_higher", opens=waits not in self.book.stands)
        self.tell(dialect, [(again, promise)])

    def _withdraw(self) -> None:
        dialect, said = self.standing()
        gone = replace(said, version=said.version + 1, action="withdraw")
        self.tell(dialect, [(gone, Promise(gone.ref, opens=False))])
        self.took_back(said)

    def _withdraw_twice(self) -> None:
        dialect, said = self.standing()
        for number, remark in ((1, ""), (2, "already_withdrawn")):
            gone = replace(said, version=said.version + number, action="withdraw")
            self.tell(dialect, [(gone, Promise(gone.ref, remark=remark, opens=False))])
        self.took_back(said)

    def took_back(self, said: Saying) -> None:
        self.withdrawn.add(self.book.stands[said.ref])
        self._said.pop(said.ref)

    def _withdraw_unknown(self) -> None:
        dialect, said = self.fresh()
        gone = replace(said, action="withdraw")
        self.tell(dialect, [(gone, replace(_waits(gone), remark="nothing_to_withdraw"))])

    def _spoiled(self) -> None:
        dialect = self.choose([one for one in self._speaks if one.name != "bars"])
        if dialect is not None:
            said = replace(self.fresh(dialect)[1], spoiled=True)
            self.tell(dialect, [(said, _waits(said))])

    def _twice(self) -> None:
        last = self.last()
        return self._new() if last is None else self.again(last)

    def again(self, message: Message) -> None:
        """Send a message three times more: it is one referral, and the answers are the same bytes."""
        first = next(one.answer for one in self.book.sent if one.message == message)
        for _ in range(3):
            if self.client.deliver(message.path, message.body, message.all_headers).body != first.body:
                self.book.faults.append(f"{message.key}: another answer when it was sent again")

    def last(self, signed: tuple[bool, ...] = (True, False)) -> Message | None:
        """Return the newest message that was received, of signed files, of any others, or of all."""
        sent = reversed(self.book.sent)
        return next((one.message for one in sent if one.receipts and one.message.signed in signed), None)

    def _clash(self) -> None:
        """Send another content under the same key. A file is its own key, and cannot clash."""
        if self.last((False,)) is None:
            dialect, said = self.fresh(self._speaks[0])
            self.tell(dialect, [(said, Promise(said.ref))])
        last = self.last((False,))
        self.send(replace(last, body=last.body + b" \r", status=CONFLICT, promises=()))

    def _unreadable(self) -> None:
        dialect = self._speaks[0]
        self.send(Message(self._key(), dialect.path, b'{"version": "1.0", "', dialect.media, status=UNREADABLE))

    def tell(self, dialect: Dialect, sayings: Sequence[tuple[Saying, Promise]]) -> None:
        """Say these in one message, each with what must become of it."""
        self.send(self.message(dialect, [one for one, _ in sayings], tuple(promise for _, promise in sayings)))
        for one, promise in sayings:
            if promise.outcome == ACCEPTED and one.action != "withdraw":
                self._said[one.ref] = dialect, one

    def message(
        self, dialect: Dialect, said: Sequence[Saying], promises: tuple[Promise, ...], rows: int = 0
    ) -> Message:
        """Write a message; a file is signed over its rows, or over as many as are given here."""
        key = self._key()
        body, signed = dialect.write(said, key), {}
        if dialect.connector:
            signed = {SIGNATURE: self._signer.sign(body, dialect.connector, rows or len(said))}
        return Message(key, dialect.path, body, dialect.media, promises, headers=signed)

    def fresh(self, dialect: Dialect | None = None) -> tuple[Dialect, Saying]:
        dialect = dialect or self._speaks[self._dice.below(len(self._speaks))]
        return dialect, Saying(f"{self._key()}-R", 1, "new", self._dice.below(HOUSEHOLDS))

    def standing(self) -> tuple[Dialect, Saying]:
        """Return something that was sent and stands; if there is nothing, it is sent first."""
        if not self._said:
            self._new()
        if not self._said:
            raise StoppedError(f"nothing stands to be amended or taken back: {'; '.join(self.book.faults[-1:])}")
        return self._said[sorted(self._said)[self._dice.below(len(self._said))]]

    def choose(self, among: Sequence[Dialect]) -> Dialect | None:
        return among[self._dice.below(len(among))] if among else None

    def _key(self) -> str:
        self._numbers += 1
        return f"{self.name}-{self._numbers}"


def _waits(said: Saying) -> Promise:
    return Promise(said.ref, QUARANTINED)

"""The entry phase of a view: what the access log is told. Never content, and never what was withheld."""

from collections.abc import Iterable

from hub.domain.access import Operation
from hub.domain.ids import RecordId
from hub.gate.planning import Plan
from hub.ledger.entries import Entry


def consultation(plan: Plan, *, refused: bool) -> Entry:
    """Say who is about to see what, why and on what grounds; or that nobody allowed it."""
    view, ruling = plan.view, plan.ruling
    visible = sorted(ruling.visible())
    owned = [(ruling.decisions[number], number) for number in visible if view.kinds]  # of no kind: nothing is opened
    owned += [(decision, number) for (_, number), decision in ruling.items.items() if view.kinds]
    released = {outline.label for outline in plan.outlines}
    return Entry(
        operation=Operation.DENIAL if refused else view.operation,
        act=view.act.value,
        actor=view.account,
        actor_role=ruling.circumstances.viewer_role,
        agency=ruling.circumstances.viewer_agency,
        recipient=view.receiver,
        purpose=view.purpose,
        justification=view.justification,
        family=view.family,
        subjects=tuple(sorted({s for number in released for s in ruling.labels[number].subjects})),
        selection={
            "kinds": sorted(kind.value for kind in view.kinds),
            "at": view.at.isoformat(),
            "known": view.known.isoformat(),
            "labels": [] if refused else visible,
            "items": sorted({record for record, _ in ruling.items}),
        },
        records=() if refused else tuple(outline.record for outline in plan.outlines),
        fields=()
        if refused or not view.kinds
        else tuple(sorted({ruling.labels[number].category for number in visible})),
        rules=tuple(sorted({decision.rule for decision, _ in owned if decision.rule})),
        obligations=tuple(
            sorted({f"{d.rule}:{word}@{ruling.labels[n].owner}" for d, n in owned for word in d.obligations})
        ),
        policy_digest=ruling.policy.digest,
        watermark=ruling.gathered.watermark,
        outcome="refused" if refused else "released",
        detail={"faults": " ".join(ruling.faults())},
    )


def alarm(plan: Plan, broken: Iterable[RecordId]) -> Entry:
    """Say that something stored could not be trusted, because somebody must look at once."""
    view, ruling = plan.view, plan.ruling
    return Entry(
        operation=Operation.DENIAL,
        act=view.act.value,
        actor=view.account,
        actor_role=ruling.circumstances.viewer_role,
        agency=ruling.circumstances.viewer_agency,
        purpose=view.purpose,
        family=view.family,
        policy_digest=ruling.policy.digest,
        watermark=ruling.gathered.watermark,
        outcome="integrity_fault",
        detail={
            "records": " ".join(sorted(broken)),
            "labels": " ".join(str(number) for number in ruling.broken),
        },
    )

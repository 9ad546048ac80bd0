"""A run of schemathesis over the published description, and what it found: one class for every test of the contract."""

from collections import Counter
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

import schemathesis
from flask import Flask
from schemathesis.config import SchemathesisConfig
from schemathesis.engine import events, from_schema
from schemathesis.hooks import HookContext

from tests.journeys.intakes import records

REFUSALS = ("400", "401", "403", "404", "405", "406", "409", "411", "413", "415", "422")


@schemathesis.serializer("text/csv", "application/hl7-v2")
def as_it_is(_: object, value: object) -> bytes:
    """Send what is no JSON as it stands."""
    return str(value).encode(errors="replace")


NOTHING: Mapping[str, Mapping[str, Any]] = MappingProxyType({})


class Run:
    """One run: what was found, and how often each check was made and each status was answered."""

    def __init__(
        self,
        app: Flask,
        headers: dict[str, str],
        path: str = "",
        *,
        real: Mapping[str, Mapping[str, Any]] = NOTHING,
        **settings: object,
    ) -> None:
        """Take `real`: operation -> what makes one case of it that the hub can only say yes to."""
        self.found: list[str] = []
        self.checks, self.statuses = Counter[str](), Counter[tuple[str, int]]()
        schema = schemathesis.openapi.from_wsgi("/openapi.json", app, config=config(headers, **settings))
        schema.hook("before_add_examples")(adding(real))
        for event in from_schema(schema.include(path=path) if path else schema).execute():
            if isinstance(event, events.ScenarioFinished):
                self._take(event.recorder)
            elif isinstance(event, events.NonFatalError | events.FatalError):
                self.found.append(repr(getattr(event, "value", event)))

    def _take(self, recorder: Any) -> None:  # noqa: ANN401  schemathesis' own record of a scenario
        for id_, checks in recorder.checks.items():
            case, answer = recorder.cases[id_].value, recorder.interactions[id_].response
            self.statuses[case.operation.label, answer.status_code] += 1
            for check in checks:
                self.checks[check.name] += 1
                if check.failure_info is not None and not waits_for_a_person(check.name, answer):
                    said = check.failure_info.failure
                    self.found.append(
                        f"{case.operation.label} {answer.status_code}: {said.title}: {said.message[:400]}"
                    )

    @property
    def operations(self) -> set[str]:
        """The operations that were asked."""
        return {operation for operation, _ in self.statuses}

    @property
    def done(self) -> set[str]:
        """The operations that answered at least once that it was done (200, 201, 202 or 204)."""
        return {operation for operation, status in self.statuses if status // 100 == 2}


def adding(real: Mapping[str, Mapping[str, Any]]) -> Callable[..., None]:
    """Return what gives an operation its real case, as an example beside those that are made from the document."""

    def before_add_examples(context: HookContext, examples: list[schemathesis.Case]) -> None:
        if context.operation is not None and (said := real.get(context.operation.label)):
            examples.append(context.operation.Case(**said))

    return before_add_examples


def config(headers: dict[str, str], **settings: object) -> SchemathesisConfig:
    said = {
        "seed": 1,
        "headers": headers,
        "continue-on-failure": True,
        "generation": {"deterministic": True, "max-examples": 12},
        "checks": {
            "positive_data_acceptance": {"enabled": False},
            "negative_data_rejection": {"expected-statuses": list(REFUSALS)},
        },
    }
    return SchemathesisConfig.from_dict(said | settings)


def waits_for_a_person(check: str, answer: Any) -> bool:  # noqa: ANN401  schemathesis' own response
    """Say whether what does not fit was quarantined: a record is never refused so that nobody sees it."""
    if check != "negative_data_rejection" or answer.status_code != 200:
        return False
    said = answer.json()
    outcome = "".join(issue.get("diagnostics", "") for issue in said.get("issue", []))
    return " quarantined" in outcome or any(one["outcome"] == "quarantined" for one in records(said))

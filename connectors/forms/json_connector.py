"""A form as JSON: a batch of referrals, each of which stands or falls alone."""

from collections.abc import Iterator
from functools import partial

from connectors.forms.schema import batch_schema
from connectors.forms.translate import parsed_referral
from connectors.own_json import each_alone, read_batch
from hub.domain.form import Form
from hub.domain.referral import Limits, Parsed


class FormJson:
    """Connector for one form as JSON."""

    def __init__(self, form: Form) -> None:
        """Take the form's declaration."""
        self._form, self.name = form, f"form_{form.name}_json"

    def parse(self, body: bytes, limits: Limits) -> Iterator[Parsed]:
        """Return one `Parsed` per referral, lazily; pointers are JSON pointers such as `/referrals/0/people/1/name`.

        Raises:
            RejectedMessageError: the message is not strict JSON, or its outer shape is not a batch.
        """
        referrals, remarks = read_batch(body, limits, batch_schema(self._form), "referrals")
        return each_alone("referrals", referrals, limits, remarks, partial(parsed_referral, self._form))

    def message_key(self, body: bytes) -> str:
        """Return "": `batch_id` names a parcel. What is in it has numbers of its own, and is known again by those."""
        del body
        return ""

"""The form as JSON: a batch of referrals, each of which stands or falls alone."""

from collections.abc import Iterator

from connectors.own_json import each_alone, read_batch
from connectors.substance_misuse.schema import BatchSchema
from connectors.substance_misuse.translate import parsed_referral
from hub.domain.referral import Limits, Parsed


class AdultWithChildrenJson:
    """Connector for the adult-with-children form as JSON, version 1.0."""

    name = "adult_with_children_json"

    def parse(self, body: bytes, limits: Limits) -> Iterator[Parsed]:
        """Return one `Parsed` per referral, lazily; pointers are JSON pointers such as `/referrals/0/client/name`.

        Raises:
            RejectedMessageError: the message is not strict JSON, or its outer shape is not a batch.
        """
        referrals, remarks = read_batch(body, limits, BatchSchema, "referrals")
        return each_alone("referrals", referrals, limits, remarks, parsed_referral)

    def message_key(self, body: bytes) -> str:
        """Return "": `batch_id` names a parcel. What is in it has numbers of its own, and is known again by those."""
        del body
        return ""

"""HL7 v2 referrals (REF^I12, I13, I14) in the pipe encoding that trusts' integration engines send."""

from connectors.hl7v2.ack import acknowledgement
from connectors.hl7v2.connector import Hl7V2

__all__ = ["Hl7V2", "acknowledgement"]

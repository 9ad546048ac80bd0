"""A partner agency that works for a week, meets outages, keeps its books, and compares them with the hub's.

For our tests, and for partners against a test hub (synthetic people only):

    python -m tests.simulators.partner --url http://127.0.0.1:8477 --client police-records --kid key-1 --key private.pem
"""

from tests.simulators.partner.agency import ACTS, Agency
from tests.simulators.partner.batches import FILE_ACTS, FILES, Signer
from tests.simulators.partner.book import Book
from tests.simulators.partner.line import Dice, Outages

__all__ = ["ACTS", "FILES", "FILE_ACTS", "Agency", "Book", "Dice", "Outages", "Signer"]

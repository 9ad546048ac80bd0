"""What a run tells whoever started it."""

from collections.abc import Iterable, Mapping

from tests.simulators.partner.book import Book


def report(books: Mapping[str, Book], differences: Iterable[str]) -> str:
    """Return the books of each agency in a line, and every difference, or that there is none."""
    lines = [_line(name, book) for name, book in books.items()]
    found = list(differences)
    lines += [f"DIFFERS  {one}" for one in found]
    lines.append(f"{len(found)} differences." if found else "The hub counts the same: nothing lost, nothing twice.")
    return "\n".join(lines)


def _line(name: str, book: Book) -> str:
    outcomes = ", ".join(f"{count} {word}" for word, count in sorted(book.outcomes().items()))
    refused = ", ".join(f"{count} refused with {status}" for status, count in sorted(book.refused().items()))
    told = "; ".join(part for part in (outcomes, refused) if part) or "nothing"
    return f"{name}: {len(book.sent)} messages, {len(book.receipts)} receipts, {len(book.referrals)} referrals: {told}"

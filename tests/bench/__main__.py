"""`python -m tests.bench [--rows a,b]`: every row as a ratio measured side by side; see design section 12."""

import json
import sys
from pathlib import Path

import click
from rich.console import Console
from rich.table import Table

from tests.bench.bad_files import bad_file_slowest
from tests.bench.bars import bars_intake_vs_validate
from tests.bench.chronology import chronology_api_vs_plain
from tests.bench.decide import decide_vs_casbin, decide_vs_cedarpy, decide_vs_reference
from tests.bench.family_page import family_page_vs_plain
from tests.bench.importing import import_10000_rows
from tests.bench.intake import police_batch_vs_plain_orm
from tests.bench.label_map import decide_chronology_vs_fetch
from tests.bench.many import analyse_vs_decide, replay_vs_decide, rules_20000_vs_200
from tests.bench.matching import (
    match_after_receipt_vs_lookup,
    match_auto_false,
    match_precision,
    match_precision_fake_1000,
    match_recall,
    match_recall_fake_1000,
)
from tests.bench.measure import Row, pin

ROWS = {
    "chronology_api_vs_plain": chronology_api_vs_plain,
    "family_page_vs_plain": family_page_vs_plain,
    "decide_vs_reference": decide_vs_reference,
    "decide_vs_cedarpy": decide_vs_cedarpy,
    "decide_vs_casbin": decide_vs_casbin,
    "decide_chronology_vs_fetch": decide_chronology_vs_fetch,
    "analyse_vs_decide": analyse_vs_decide,
    "replay_vs_decide": replay_vs_decide,
    "rules_20000_vs_200": rules_20000_vs_200,
    "import_10000_rows": import_10000_rows,
    "bars_intake_vs_validate": bars_intake_vs_validate,
    "match_precision": match_precision,
    "match_recall": match_recall,
    "match_precision_fake_1000": match_precision_fake_1000,
    "match_recall_fake_1000": match_recall_fake_1000,
    "match_auto_false": match_auto_false,
    "match_after_receipt_vs_lookup": match_after_receipt_vs_lookup,
    "police_batch_vs_plain_orm": police_batch_vs_plain_orm,
    "bad_file_slowest": bad_file_slowest,
}
RESULT = Path("bench.json")


def _chosen(_context: click.Context, _option: click.Parameter, value: str) -> list[str]:
    names = value.split(",") if value else list(ROWS)
    unknown = ", ".join(name for name in names if name not in ROWS)
    if unknown:
        raise click.BadParameter(f"unknown: {unknown}; there are {', '.join(ROWS)}")
    return names


@click.command()
@click.option("--rows", default="", callback=_chosen, help="Names of rows, with commas; all when left out.")
def main(rows: list[str]) -> None:
    """Measure, write bench.json, print the table; exit 1 when a bound is not held."""
    pin()
    found = [ROWS[name]() for name in rows]
    RESULT.write_text(json.dumps([row.content() for row in found], indent=1) + "\n")
    Console().print(_table(found))
    sys.exit(0 if all(row.holds for row in found) else 1)


def _table(rows: list[Row]) -> Table:
    table = Table("row", "ours", "other", "unit", "ratio", "bound", "holds")
    for row in rows:
        bound = f"{'<=' if row.better == 'lower' else '>='} {row.bound:g}"
        holds = "yes" if row.holds else "NO"
        table.add_row(row.name, f"{row.ours:.4g}", f"{row.other:.4g}", row.unit, f"{row.ratio:.2f}", bound, holds)
    return table


if __name__ == "__main__":
    main()

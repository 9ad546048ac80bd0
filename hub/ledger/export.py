"""Export: the published log as files that `hub.ledger.verify` checks without the hub.

`entries.jsonl` one canonical JSON object per entry in order (index, lane, seq, leaf, header, ciphertext; bytes in
base64, the leaf hash in hexadecimal), `checkpoints.jsonl` one JSON string per signed note in order of size,
`checkpoint` the newest note, `verifier-key` the public key that signed them.
"""

from base64 import b64encode
from pathlib import Path

from sqlalchemy import Engine, RowMapping, select

from hub.domain.canonical import canonical
from hub.domain.errors import NotFoundError
from hub.domain.ids import PartnershipId
from hub.ledger.tables import checkpoint, sequenced, staged_entry


def export(engine: Engine, partnership_id: PartnershipId, folder: Path, verifier_key: str) -> int:
    """Write the log up to its newest checkpoint into `folder` (made if absent); return the number of entries.

    Raises:
        NotFoundError: nothing was published yet.
    """
    notes = select(checkpoint.c.size, checkpoint.c.note).where(checkpoint.c.partnership_id == partnership_id)
    staged, placed = staged_entry.c, sequenced.c
    same = (staged.partnership_id == placed.partnership_id) & (staged.lane == placed.lane) & (staged.seq == placed.seq)
    entries = select(sequenced, staged.header, staged.ciphertext).join(staged_entry, same)
    folder.mkdir(parents=True, exist_ok=True)
    with engine.connect() as connection:
        signed = connection.execute(notes.order_by(checkpoint.c.size)).all()
        if not signed:
            raise NotFoundError("nothing_published")
        size = int(signed[-1].size)
        (folder / "checkpoint").write_text(signed[-1].note)
        (folder / "checkpoints.jsonl").write_bytes(b"".join(canonical(row.note) + b"\n" for row in signed))
        (folder / "verifier-key").write_text(verifier_key + "\n")
        rows = connection.execution_options(yield_per=1000).execute(
            entries.where(placed.partnership_id == partnership_id, placed.position < size).order_by(placed.position)
        )
        with (folder / "entries.jsonl").open("wb") as file:
            file.writelines(_line(row) for row in rows.mappings())
    return size


def _line(row: RowMapping) -> bytes:
    return (
        canonical(
            {
                "index": row["position"],
                "lane": row["lane"],
                "seq": row["seq"],
                "leaf": row["leaf_hash"].hex(),
                "header": b64encode(row["header"]).decode(),
                "ciphertext": b64encode(row["ciphertext"]).decode(),
            }
        )
        + b"\n"
    )

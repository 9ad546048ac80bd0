"""On PostgreSQL too, a label is written once: nobody updates, deletes or truncates, whatever rights they have."""

from alembic import op

revision = "data_0004_labels_stay"
down_revision = "data_0003_signing"

LABEL_INSERT_ONLY = (
    """CREATE FUNCTION label_insert_only() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN RAISE EXCEPTION 'insert_only' USING ERRCODE = 'integrity_constraint_violation'; END $$""",
    """CREATE TRIGGER label_no_change BEFORE UPDATE OR DELETE OR TRUNCATE ON label
    FOR EACH STATEMENT EXECUTE FUNCTION label_insert_only()""",
)


def upgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        for statement in LABEL_INSERT_ONLY:
            op.execute(statement)

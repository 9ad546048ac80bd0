"""Roles, row-level security and rights on PostgreSQL (nothing newer than version 15).

Roles: `hub_owner` runs migrations; `hub_app` serves and has no right on gated tables; `hub_gate` cannot log in and is
taken for one transaction; `hub_sequencer` publishes the log; `hub_keyd` serves keys. Row-level security is forced on
every table: a plain comparison with `current_setting`, which costs next to nothing and errs to nothing when unset.
"""

from collections.abc import Iterable

from sqlalchemy import Connection

ROLES = {
    "hub_gate": "NOLOGIN",
    "hub_app": "LOGIN NOINHERIT",
    "hub_sequencer": "LOGIN NOINHERIT",
    "hub_keyd": "LOGIN NOINHERIT",
}


def make_roles(connection: Connection) -> None:
    """Create the roles that are missing; passwords are the operator's to set."""
    for role, options in ROLES.items():
        known = connection.exec_driver_sql("SELECT 1 FROM pg_roles WHERE rolname = %s", (role,)).first()
        if known is None:
            connection.exec_driver_sql(f"CREATE ROLE {role} {options}")
    connection.exec_driver_sql("GRANT hub_gate TO hub_app")


def fence(connection: Connection, tables: Iterable[str], key: str = "partnership_id") -> None:
    """Force row-level security on tables, by partnership."""
    for table in tables:
        connection.exec_driver_sql(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
        connection.exec_driver_sql(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
        connection.exec_driver_sql(
            f"CREATE POLICY {table}_partnership ON {table} USING ({key} = current_setting('hub.partnership'))"
        )


def grant(connection: Connection, rights: str, tables: Iterable[str], *roles: str) -> None:
    """Give rights on tables to roles."""
    for table in tables:
        connection.exec_driver_sql(f"GRANT {rights} ON {table} TO {', '.join(roles)}")

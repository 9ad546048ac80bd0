"""Settings: read once, frozen, checked at start. The hub refuses to start insecurely."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from hub.domain.errors import SettingsError

HOME = Path(__file__).resolve().parent.parent


@dataclass(frozen=True, slots=True)
class Settings:
    """Where everything lies. Addresses are SQLAlchemy's; `folder` holds the root key file and wrapped secrets.

    `ledger_url` is written by the serving processes, `sequencer_url` by the process that publishes the log.
    `max_body` (bytes) bounds a message, `max_page` (records) bounds a page of the API.
    An account is confirmed by its agency's administrator every `confirm_days`, else stopped `confirm_grace_days` later.
    `owner_urls` (data, ledger, keys) are the schema owner's, for migrations; on SQLite there is no such difference.
    """

    folder: Path
    data_url: str
    ledger_url: str
    sequencer_url: str
    keys_url: str
    base_url: str = "http://127.0.0.1:8477"
    policies: Path = HOME / "policies"
    max_body: int = 5_000_000
    max_page: int = 500
    confirm_days: int = 31
    confirm_grace_days: int = 14
    owner_urls: tuple[str, str, str] | None = None

    @classmethod
    def in_folder(cls, folder: Path, base_url: str = "http://127.0.0.1:8477") -> "Settings":
        """Return the settings of an embedded hub: three SQLite files and the keys, in one folder."""
        place = folder.resolve()
        return cls(
            folder=place,
            data_url=f"sqlite:///{place / 'data.db'}",
            ledger_url=f"sqlite:///{place / 'ledger.db'}",
            sequencer_url=f"sqlite:///{place / 'ledger.db'}",
            keys_url=f"sqlite:///{place / 'keys.db'}",
            base_url=base_url,
        )

    @classmethod
    def from_environment(cls, environment: Mapping[str, str]) -> "Settings":
        """Read `HUB_FOLDER`, and for PostgreSQL `HUB_DATA_URL`, `HUB_LEDGER_URL`, `HUB_SEQUENCER_URL`, `HUB_KEYS_URL`.

        Raises:
            SettingsError: a setting is missing, or only some of the addresses are given.
        """
        folder = environment.get("HUB_FOLDER")
        if not folder:
            raise SettingsError("folder_missing", where="HUB_FOLDER", next_step="name the hub's folder")
        embedded = cls.in_folder(Path(folder), environment.get("HUB_BASE_URL", "http://127.0.0.1:8477"))
        names = ("HUB_DATA_URL", "HUB_LEDGER_URL", "HUB_SEQUENCER_URL", "HUB_KEYS_URL")
        urls = [environment.get(name, "") for name in names]
        if not any(urls):
            return embedded
        if not all(urls):
            missing = ", ".join(name for name, url in zip(names, urls, strict=True) if not url)
            raise SettingsError("address_missing", where=missing, next_step="give all four or none")
        data, ledger, sequencer, keys = urls
        owner = tuple(environment.get(f"HUB_OWNER_{name}_URL", "") for name in ("DATA", "LEDGER", "KEYS"))
        owners = (owner[0], owner[1], owner[2]) if all(owner) else None
        return cls(embedded.folder, data, ledger, sequencer, keys, embedded.base_url, owner_urls=owners)

    def migration_urls(self) -> tuple[str, str, str]:
        """Return the addresses migrations run on: data, ledger, keys."""
        return self.owner_urls or (self.data_url, self.ledger_url, self.keys_url)

    def require_loopback(self, host: str) -> None:
        """Refuse a synthetic partnership on any address but this machine's own."""
        if host not in {"127.0.0.1", "::1", "localhost"}:
            raise SettingsError("synthetic_beyond_loopback", where=host, next_step="serve a demo on 127.0.0.1 only")

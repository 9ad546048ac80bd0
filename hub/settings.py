"""Settings: read once, frozen, checked at start. The hub refuses to start insecurely."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from urllib.parse import urlsplit

from hub.domain.errors import SettingsError

HOME = Path(__file__).resolve().parent.parent


LONGEST_DAYS = 92
LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})


@dataclass(frozen=True, slots=True)
class Smtp:
    """The mail server for the morning digest. `tls` is off on this machine only."""

    host: str
    port: int
    sender: str
    user: str = ""
    password: str = field(default="", repr=False)

    @property
    def tls(self) -> bool:
        """Say whether the connection is encrypted before anything is sent."""
        return self.host not in LOOPBACK

    @classmethod
    def from_environment(cls, environment: Mapping[str, str]) -> "Smtp | None":
        """Read `HUB_SMTP` (host:port), `HUB_SMTP_SENDER`, and for signing in `HUB_SMTP_USER`, `HUB_SMTP_PASSWORD`.

        Raises:
            SettingsError: an address without a port, or a server without a sender.
        """
        address, sender = environment.get("HUB_SMTP", ""), environment.get("HUB_SMTP_SENDER", "")
        if not address:
            return None
        host, _, port = address.rpartition(":")
        if not host or not port.isdecimal() or "@" not in sender:
            raise SettingsError("smtp_incomplete", where="HUB_SMTP", next_step="host:port, and HUB_SMTP_SENDER")
        user, password = environment.get("HUB_SMTP_USER", ""), environment.get("HUB_SMTP_PASSWORD", "")
        return cls(host.strip("[]"), int(port), sender, user, password)


@dataclass(frozen=True, slots=True)
class Provider:
    """The partnership's single sign-on (OpenID Connect): its addresses and keys are given, never discovered."""

    name: str
    issuer: str
    authorize_url: str
    token_url: str
    jwks_url: str
    client_id: str
    client_secret: str = field(repr=False)
    algorithms: tuple[str, ...] = ("RS256", "PS256", "ES256")

    @classmethod
    def from_environment(cls, environment: Mapping[str, str]) -> "Provider | None":
        """Read `HUB_OIDC_*`; the client's secret lies in the file `HUB_OIDC_SECRET_FILE`. None when none is given.

        Raises:
            SettingsError: only some are given, or an address is neither https nor this machine's own.
        """
        names = ("NAME", "ISSUER", "AUTHORIZE_URL", "TOKEN_URL", "JWKS_URL", "CLIENT_ID", "SECRET_FILE")
        said = {name: environment.get(f"HUB_OIDC_{name}", "") for name in names}
        if not any(said.values()):
            return None
        missing = ", ".join(f"HUB_OIDC_{name}" for name, value in said.items() if not value)
        if missing:
            raise SettingsError("single_sign_on_incomplete", where=missing, next_step="give all or none")
        for name in ("ISSUER", "AUTHORIZE_URL", "TOKEN_URL", "JWKS_URL"):
            parts = urlsplit(said[name])
            if parts.scheme != "https" and parts.hostname not in LOOPBACK:
                raise SettingsError("single_sign_on_insecure", where=f"HUB_OIDC_{name}", next_step="use https")
        try:
            secret = Path(said["SECRET_FILE"]).read_text().strip()
        except OSError:
            raise SettingsError("file_unreadable", where="HUB_OIDC_SECRET_FILE", next_step="check the path") from None
        addresses = said["AUTHORIZE_URL"], said["TOKEN_URL"], said["JWKS_URL"]
        return cls(said["NAME"], said["ISSUER"], *addresses, said["CLIENT_ID"], secret)


@dataclass(frozen=True, slots=True)
class Settings:
    """Where everything lies. Addresses are SQLAlchemy's; `folder` holds the root key file and wrapped secrets.

    `ledger_url` is written by the serving processes, `sequencer_url` by the process that publishes the log.
    `webhook_loopback` lets a demonstration call webhooks on this machine; a real partnership never does.
    `smtp` None: nobody is written to in the morning.
    `max_body` (bytes) bounds a message, `max_page` (records) a page of the API, `max_file` (bytes) an attachment.
    `page_cache_mib` bounds what each connection to SQLite keeps of its file: a large family stays in memory from one
    page to the next.
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
    max_file: int = 4_000_000
    page_cache_mib: int = 64
    confirm_days: int = 31
    confirm_grace_days: int = 14
    single_sign_on: Provider | None = None
    owner_urls: tuple[str, str, str] | None = None
    smtp: Smtp | None = None
    webhook_loopback: bool = False

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
        embedded = replace(
            embedded,
            smtp=Smtp.from_environment(environment),
            webhook_loopback=environment.get("HUB_WEBHOOK_LOOPBACK", "") == "yes",
            single_sign_on=Provider.from_environment(environment),
            confirm_days=_days(environment, "HUB_CONFIRM_DAYS", embedded.confirm_days),
            confirm_grace_days=_days(environment, "HUB_CONFIRM_GRACE_DAYS", embedded.confirm_grace_days),
        )
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
        served = replace(embedded, data_url=data, ledger_url=ledger, sequencer_url=sequencer, keys_url=keys)
        return replace(served, owner_urls=owners)

    def migration_urls(self) -> tuple[str, str, str]:
        """Return the addresses migrations run on: data, ledger, keys."""
        return self.owner_urls or (self.data_url, self.ledger_url, self.keys_url)

    def require_loopback(self, host: str) -> None:
        """Refuse a synthetic partnership on any address but this machine's own."""
        if host not in LOOPBACK:
            raise SettingsError("synthetic_beyond_loopback", where=host, next_step="serve a demo on 127.0.0.1 only")


def _days(environment: Mapping[str, str], name: str, default: int) -> int:
    """Return a number of whole days, at most three months."""
    said = environment.get(name, str(default))
    if not said.isascii() or not said.isdecimal() or not 1 <= int(said) <= LONGEST_DAYS:
        raise SettingsError("days_unknown", where=name, next_step=f"a number from 1 to {LONGEST_DAYS}")
    return int(said)

"""One reading of every form in which people have a PostgreSQL address, for asyncpg and for SQLAlchemy."""

import re
import ssl
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from difflib import get_close_matches
from typing import Any, TypeAlias
from urllib.parse import parse_qsl, unquote

from sqlalchemy import URL

DEFAULT_PORT = 5432
DEFAULT_TIMEOUT_SECONDS = 10.0
_SUPABASE_POOLER_PORT = 6543
_SSL_MODES = {"disable", "allow", "prefer", "require", "verify-ca", "verify-full"}
_SSL_FLAGS = {"true": "require", "1": "require", "false": "disable", "0": "disable"}

# The user part reaches to the last @, so that a password pasted without percent-encoding still works.
_URL = re.compile(
    r"(?P<scheme>[a-z0-9+]+)://(?:(?P<login>.*)@)?(?P<host>\[[^\]]*\]|[^:/?#\[\]]*)(?::(?P<port>[^/?#]*))?"
    r"(?:/(?P<database>[^?#]*))?(?:\?(?P<query>[^#]*))?",
    re.IGNORECASE | re.DOTALL,
)
_SCHEME = re.compile(r"postgres(ql)?(\+\w+)?", re.IGNORECASE)
_PSQL_COMMAND = re.compile(r"psql\s+(?:-d\s+)?(?P<url>.+)", re.DOTALL)
_START_UP_OPTION = re.compile(r"(?:-c\s*|--)(?P<name>[\w.]+)=(?P<value>\S+)\s*")

# Spoken by libpq, Prisma or SQLAlchemy only; asyncpg needs none of them to connect well. (It has no channel
# binding; the server name that Neon's `options=endpoint` replaces is always sent.)
_WITHOUT_MEANING = {
    "channel_binding", "connection_limit", "gssencmode", "keepalives", "keepalives_count",
    "keepalives_idle", "keepalives_interval", "pool_timeout", "prepared_statement_name_func",
    "sslnegotiation", "tcp_user_timeout",
}  # fmt: skip


class InvalidDatabaseUrl(ValueError):
    """An address that cannot be understood; its message never quotes the password."""


@dataclass(frozen=True, slots=True)
class DatabaseAddress:
    """Where a PostgreSQL database is and how to talk to it."""

    host: str = "localhost"
    port: int = DEFAULT_PORT
    user: str | None = None
    password: str | None = field(default=None, repr=False)
    database: str | None = None
    ssl_mode: str | None = None
    ssl_root_certificate: str | None = None
    timeout: float = DEFAULT_TIMEOUT_SECONDS
    target_session_attributes: str | None = None
    server_settings: tuple[tuple[str, str], ...] = ()
    is_pooled: bool = False
    """Whether a transaction pooler is between, where prepared statements may meet another connection."""

    def __str__(self) -> str:
        return f"{self.host}:{self.port}/{self.database or self.user or ''}"

    def asyncpg_arguments(self) -> dict[str, Any]:
        """Keyword arguments of `asyncpg.connect` and `asyncpg.create_pool`; timeouts in seconds."""
        optional = {
            "user": self.user,
            "password": self.password,
            "database": self.database,
            "ssl": self._ssl(),
            "target_session_attrs": self.target_session_attributes,
            "server_settings": dict(self.server_settings) or None,
            "statement_cache_size": 0 if self.is_pooled else None,
        }
        given = {name: value for name, value in optional.items() if value is not None}
        return {"host": self.host, "port": self.port, "timeout": self.timeout, **given}

    @property
    def sqlalchemy_url(self) -> URL:
        """The address for `create_async_engine`, with `sqlalchemy_connect_args()` as its `connect_args`."""
        host = None if self.host.startswith("/") else self.host
        return URL.create("postgresql+asyncpg", self.user, self.password, host, self.port, self.database)

    def sqlalchemy_connect_args(self) -> dict[str, Any]:
        """`connect_args` of `create_async_engine`; its statement cache is off, as poolers need it."""
        return {**self.asyncpg_arguments(), "statement_cache_size": 0}

    def direct(self) -> "DatabaseAddress":
        """The same database without Neon's pooler, for migrations and session locks."""
        endpoint, dot, domain = self.host.partition(".")
        if not endpoint.endswith("-pooler"):
            return self
        return replace(self, host=f"{endpoint.removesuffix('-pooler')}{dot}{domain}", is_pooled=False)

    def _ssl(self) -> ssl.SSLContext | str | None:
        if self.ssl_mode not in {"verify-ca", "verify-full"}:
            return self.ssl_mode
        context = ssl.create_default_context(cafile=self.ssl_root_certificate)
        context.check_hostname = self.ssl_mode == "verify-full"
        return context


def parse_database_url(url: str) -> DatabaseAddress:
    """The address in a PostgreSQL URL, or in the `psql '…'` line that a console offers for pasting.

    The parameters are those of libpq (PostgreSQL documentation, 32.1.2), SQLAlchemy and Prisma.

    Raises:
        InvalidDatabaseUrl: it is no PostgreSQL URL, or a part or parameter of it has no known meaning.
    """
    parts = _URL.fullmatch(_unwrapped(url))
    if parts is None or not _SCHEME.fullmatch(parts["scheme"]):
        raise InvalidDatabaseUrl("DATABASE_URL must look like postgresql://user:password@host:5432/database.")
    user, colon, password = (parts["login"] or "").partition(":")
    address = DatabaseAddress(
        host=unquote(parts["host"]).strip("[]") or "localhost",
        port=_port(parts["port"] or str(DEFAULT_PORT)),
        user=unquote(user) or None,
        password=unquote(password) if colon and password else None,
        database=unquote(parts["database"] or "") or None,
    )
    for name, value in parse_qsl(parts["query"] or "", keep_blank_values=True):
        address = _with_parameter(address, name, value.strip())
    return _pooling_noticed(address)


def _unwrapped(url: str) -> str:
    text = url.strip()
    if command := _PSQL_COMMAND.fullmatch(text):
        text = command["url"].strip()
    return text.strip("'\"")


def _pooling_noticed(address: DatabaseAddress) -> DatabaseAddress:
    endpoint = address.host.partition(".")[0]
    if endpoint.endswith("-pooler") or address.port == _SUPABASE_POOLER_PORT:
        return replace(address, is_pooled=True)
    return address


def _with_parameter(address: DatabaseAddress, name: str, value: str) -> DatabaseAddress:
    if name in _WITHOUT_MEANING:
        return address
    if name not in _PARAMETERS:
        near = get_close_matches(name, [*_PARAMETERS, *_WITHOUT_MEANING], n=1)
        hint = f"; did you mean {near[0]}?" if near else "."
        raise InvalidDatabaseUrl(f"DATABASE_URL has an unknown parameter {name!r}{hint}")
    return replace(address, **_PARAMETERS[name](address, value))


Reading: TypeAlias = Callable[[DatabaseAddress, str], Mapping[str, Any]]


def _as(name: str) -> Reading:
    return lambda _, value: {name: value}


def _port(value: str) -> int:
    if not (value.isascii() and value.isdigit() and 0 < int(value[:6]) < 65536):
        raise InvalidDatabaseUrl("DATABASE_URL has a port that is not a number from 1 to 65535.")
    return int(value)


def _ssl_mode(_: DatabaseAddress, value: str) -> dict[str, str]:
    mode = _SSL_FLAGS.get(value.lower(), value.lower())
    if mode not in _SSL_MODES:
        raise InvalidDatabaseUrl(
            f"DATABASE_URL has an sslmode that is none of {', '.join(sorted(_SSL_MODES))}."
        )
    return {"ssl_mode": mode}


def _root_certificate(_: DatabaseAddress, value: str) -> dict[str, str | None]:
    return {"ssl_root_certificate": None if value == "system" else value}


def _timeout(_: DatabaseAddress, value: str) -> dict[str, float]:
    if not re.fullmatch(r"\d{1,4}(\.\d+)?", value) or not float(value):
        raise InvalidDatabaseUrl(
            "DATABASE_URL has a connect_timeout that is not a number of seconds above 0."
        )
    return {"timeout": float(value)}


def _application_name(address: DatabaseAddress, value: str) -> dict[str, Any]:
    return {"server_settings": (*address.server_settings, ("application_name", value))}


def _schema(address: DatabaseAddress, value: str) -> dict[str, Any]:
    # Poolers refuse a search_path at the start of a connection, and `public` is the default anyway.
    settings = () if value == "public" else (("search_path", value),)
    return {"server_settings": (*address.server_settings, *settings)}


def _options(address: DatabaseAddress, value: str) -> dict[str, Any]:
    if re.match(r"(endpoint|project)=", value):
        return {}
    settings = tuple((match["name"], match["value"]) for match in _START_UP_OPTION.finditer(value))
    if _START_UP_OPTION.sub("", value).strip():
        raise InvalidDatabaseUrl("DATABASE_URL has options that are not of the form -c name=value.")
    return {"server_settings": (*address.server_settings, *settings)}


def _pooled(address: DatabaseAddress, value: str) -> dict[str, bool]:
    return {"is_pooled": address.is_pooled or value.lower() == "true"}


def _cache_size(address: DatabaseAddress, value: str) -> dict[str, bool]:
    return {"is_pooled": address.is_pooled or value == "0"}


_PARAMETERS: Mapping[str, Reading] = {
    "application_name": _application_name,
    "connect_timeout": _timeout,
    "database": _as("database"),
    "dbname": _as("database"),
    "host": _as("host"),
    "options": _options,
    "password": _as("password"),
    "pgbouncer": _pooled,
    "port": lambda _, value: {"port": _port(value)},
    "prepared_statement_cache_size": _cache_size,
    "schema": _schema,
    "ssl": _ssl_mode,
    "sslmode": _ssl_mode,
    "sslrootcert": _root_certificate,
    "statement_cache_size": _cache_size,
    "target_session_attrs": _as("target_session_attributes"),
    "timeout": _timeout,
    "user": _as("user"),
}

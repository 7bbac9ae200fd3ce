"""Every form of a PostgreSQL address reads as the same few facts."""

import ssl

import pytest

from src.core.database_url import DatabaseAddress, InvalidDatabaseUrl, parse_database_url

NEON_HOST = "ep-calm-lake-1-pooler.eu-central-1.aws.neon.tech"


@pytest.mark.parametrize(
    "url",
    [
        "postgres://ann:pw@db.example:6000/todo",
        "postgresql://ann:pw@db.example:6000/todo",
        "postgresql+asyncpg://ann:pw@db.example:6000/todo",
        "postgresql+psycopg2://ann:pw@db.example:6000/todo",
        "  'postgresql://ann:pw@db.example:6000/todo'\n",
        "psql 'postgresql://ann:pw@db.example:6000/todo'",
        'psql -d "postgresql://ann:pw@db.example:6000/todo"',
        "postgresql://?host=db.example&port=6000&user=ann&password=pw&dbname=todo",
        "postgresql://ann:pw@db.example:6000/todo?channel_binding=require&keepalives=1&schema=public",
        "postgresql://ann:pw@db.example:6000/todo?options=endpoint%3Dep-calm-lake-1",
    ],
)
def test_every_form_of_one_address_reads_the_same(url: str) -> None:
    address = parse_database_url(url)

    assert address == DatabaseAddress("db.example", 6000, "ann", "pw", "todo")


@pytest.mark.parametrize(
    ("written", "meant"),
    [("p%40ss%3Aw%2Frd", "p@ss:w/rd"), ("p@ss/w#r?d", "p@ss/w#r?d"), ("100%", "100%"), ("a+b", "a+b")],
)
def test_a_password_may_be_encoded_or_pasted_as_it_is(written: str, meant: str) -> None:
    address = parse_database_url(f"postgresql://ann:{written}@db.example/todo")

    assert (address.password, address.host) == (meant, "db.example")


def test_a_neon_address_is_pooled_and_its_direct_form_is_not() -> None:
    address = parse_database_url(f"postgresql://ann:pw@{NEON_HOST}/todo?sslmode=require")

    direct = address.direct()

    assert address.asyncpg_arguments()["statement_cache_size"] == 0
    assert (direct.host, direct.is_pooled) == ("ep-calm-lake-1.eu-central-1.aws.neon.tech", False)
    assert direct.asyncpg_arguments() == {
        "host": "ep-calm-lake-1.eu-central-1.aws.neon.tech",
        "port": 5432,
        "user": "ann",
        "password": "pw",
        "database": "todo",
        "ssl": "require",
        "timeout": 10.0,
    }


@pytest.mark.parametrize(
    ("url", "is_pooled"),
    [
        ("postgresql://db.example/todo", False),
        ("postgresql://db.example/todo?pgbouncer=true", True),
        ("postgresql://db.example/todo?prepared_statement_cache_size=0", True),
        ("postgresql://db.example:6543/todo", True),
        ("postgresql://db.example/todo-pooler", False),
    ],
)
def test_a_pooler_is_recognised(url: str, is_pooled: bool) -> None:
    address = parse_database_url(url)

    assert address.is_pooled is is_pooled
    assert address.direct().host == "db.example"


@pytest.mark.parametrize(
    ("query", "expected"),
    [("sslmode=disable", "disable"), ("ssl=true", "require"), ("ssl=prefer", "prefer"), ("ssl=0", "disable")],
)
def test_unverified_tls_modes_are_named_to_asyncpg(query: str, expected: str) -> None:
    address = parse_database_url(f"postgresql://db.example/todo?{query}")

    assert address.asyncpg_arguments()["ssl"] == expected


@pytest.mark.parametrize(("mode", "checks_host"), [("verify-full", True), ("verify-ca", False)])
def test_verified_tls_modes_check_the_certificate(mode: str, checks_host: bool) -> None:
    address = parse_database_url(f"postgresql://db.example/todo?sslmode={mode}&sslrootcert=system")

    context = address.asyncpg_arguments()["ssl"]

    assert isinstance(context, ssl.SSLContext)
    assert (context.verify_mode, context.check_hostname) == (ssl.CERT_REQUIRED, checks_host)


def test_parameters_that_asyncpg_knows_reach_it() -> None:
    address = parse_database_url(
        "postgresql://[::1]/todo?connect_timeout=3&application_name=mine&target_session_attrs=read-write"
        "&options=-c%20search_path%3Dshop%20--jit%3Doff"
    )

    arguments = address.asyncpg_arguments()

    assert (arguments["host"], arguments["timeout"]) == ("::1", 3.0)
    assert arguments["target_session_attrs"] == "read-write"
    assert arguments["server_settings"] == {"application_name": "mine", "search_path": "shop", "jit": "off"}


def test_a_unix_socket_is_a_host_that_sqlalchemy_learns_from_the_arguments() -> None:
    address = parse_database_url("postgresql://ann@/todo?host=/run/postgresql")

    assert address.sqlalchemy_url.render_as_string() == "postgresql+asyncpg://ann@:5432/todo"
    assert address.sqlalchemy_connect_args()["host"] == "/run/postgresql"
    assert address.sqlalchemy_connect_args()["statement_cache_size"] == 0


@pytest.mark.parametrize(
    ("url", "sentence"),
    [
        ("sqlite:///todo.db", "must look like postgresql://"),
        ("hunter2", "must look like postgresql://"),
        ("postgresql://ann:hunter2@h/todo?sslmod=require", "'sslmod'; did you mean sslmode?"),
        ("postgresql://ann:hunter2@h/todo?frobnicate=1", "unknown parameter 'frobnicate'."),
        ("postgresql://ann:hunter2@h/todo?sslmode=always", "an sslmode that is none of allow, disable"),
        ("postgresql://ann:hunter2@h:70000/todo", "a port that is not a number from 1 to 65535"),
        ("postgresql://ann:hunter2@h:none/todo", "a port that is not a number from 1 to 65535"),
        ("postgresql://ann:hunter2@h/todo?connect_timeout=soon", "connect_timeout"),
        ("postgresql://ann:hunter2@h/todo?options=rm%20-rf", "options"),
    ],
)
def test_what_cannot_be_understood_is_refused_by_name_without_the_password(url: str, sentence: str) -> None:
    with pytest.raises(InvalidDatabaseUrl) as refusal:
        parse_database_url(url)

    assert sentence in str(refusal.value)
    assert "hunter2" not in str(refusal.value)


def test_an_address_shows_where_it_leads_and_never_its_password() -> None:
    address = parse_database_url("postgresql://ann:hunter2@db.example/todo")

    assert str(address) == "db.example:5432/todo"
    assert "hunter2" not in f"{address!r} {address} {address.sqlalchemy_url!r}"

"""Limits that a process keeps for itself: on users, and on addresses where nobody says who asks."""

from collections.abc import AsyncIterator, Callable

import httpx
import pytest
from fastapi import FastAPI
from hypothesis import given
from hypothesis import strategies as st

from src.core.addresses import site_of
from src.core.config import Settings
from src.core.quota import Quota
from src.core.rate_limit import RequestLimit
from src.core.shared_limits import Allowance, Limit, RateLimitExceeded
from src.main import create_app
from tests.conftest import client_of, running
from tests.factories import StandingClock, token_for

A_MINUTE = 4


class Seconds:
    """A monotonic clock that a test moves."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def seconds() -> Seconds:
    return Seconds()


@pytest.fixture
def limit(seconds: Seconds) -> RequestLimit:
    return RequestLimit("test", A_MINUTE, clock=seconds)


def is_taken(limit: RequestLimit, key: str = "ada") -> bool:
    try:
        limit.take(key)
    except RateLimitExceeded:
        return False
    return True


def test_a_minutes_worth_may_come_at_once_and_then_evenly(limit: RequestLimit, seconds: Seconds) -> None:
    burst = [is_taken(limit) for _ in range(6)]
    evenly = []
    for _ in range(4):
        seconds.now += 7.5
        evenly.append(is_taken(limit))

    assert burst == [True] * 4 + [False] * 2
    assert evenly == [False, True, False, True]


def test_who_is_refused_is_told_when_to_come_back(limit: RequestLimit, seconds: Seconds) -> None:
    for _ in range(A_MINUTE):
        limit.take("ada")
    seconds.now += 0.5

    with pytest.raises(RateLimitExceeded) as refused:
        limit.take("ada")

    assert refused.value.allowance == Allowance(Limit(4, 60), 0, 15)
    assert refused.value.message == "Too many requests: 4 in 1 minute."
    seconds.now += 15
    assert is_taken(limit)


def test_what_is_not_used_is_not_saved_up(limit: RequestLimit, seconds: Seconds) -> None:
    limit.take("ada")
    seconds.now += 3600

    assert [is_taken(limit) for _ in range(5)] == [True] * 4 + [False]


def test_keys_are_counted_apart(limit: RequestLimit) -> None:
    for _ in range(A_MINUTE):
        limit.take("ada")

    assert [is_taken(limit, "ada"), is_taken(limit, "bob")] == [False, True]


def test_only_the_keys_used_last_are_kept(seconds: Seconds) -> None:
    limit = RequestLimit("test", 1, most_keys=2, clock=seconds)
    for key in ("ada", "bob", "eve"):
        limit.take(key)

    assert [is_taken(limit, key) for key in ("bob", "eve", "ada")] == [False, False, True]


def test_zero_is_no_limit(seconds: Seconds) -> None:
    limit = RequestLimit("test", 0, clock=seconds)

    assert all(is_taken(limit) for _ in range(1000))


@given(st.integers(1, 1000), st.lists(st.floats(0, 30), min_size=1, max_size=200))
def test_in_any_time_no_more_get_through_than_a_minutes_worth_and_what_the_time_adds(
    per_minute: int, pauses: list[float]
) -> None:
    seconds = Seconds()
    limit = RequestLimit("test", per_minute, clock=seconds)
    taken = 0
    for pause in pauses:
        seconds.now += pause
        taken += is_taken(limit)

    assert taken <= per_minute * (1 + sum(pauses) / 60) + 1e-3
    assert taken >= min(len(pauses), per_minute)


@pytest.mark.parametrize(
    ("address", "site"),
    [
        ("10.0.0.1", "10.0.0.1"),
        ("::ffff:10.0.0.1", "10.0.0.1"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2::1", "2001:db8:1:2::/64"),
        ("fe80::1%eth0", "fe80::/64"),
        ("testclient", "testclient"),
        ("not:an:address", "not:an:address"),
        ("", ""),
    ],
)
def test_an_address_is_counted_with_those_that_its_owner_can_have(address: str, site: str) -> None:
    assert site_of(address) == site


def test_the_headers_are_lists_of_named_items() -> None:
    quota = Quota(Allowance(Limit(5, 900), 3, 12), (Limit(5, 900), Limit(100, 3600)))

    assert quota.headers() == [
        (b"ratelimit-policy", b'"900 seconds";q=5;w=900, "hour";q=100;w=3600'),
        (b"ratelimit", b'"900 seconds";r=3;t=12'),
    ]


@pytest.fixture
async def limited(settings: Settings, shared_clock: StandingClock) -> AsyncIterator[FastAPI]:
    """A service of its own with limits that a test can reach."""
    low = {"rate_limit_requests_per_minute": A_MINUTE, "rate_limit_address_per_minute": A_MINUTE}
    async with running(create_app(settings.model_copy(update=low), clock=shared_clock)) as app:
        yield app


ClientAt = Callable[[str], httpx.AsyncClient]


@pytest.fixture
def client_at(limited: FastAPI) -> ClientAt:
    def make(address: str) -> httpx.AsyncClient:
        transport = httpx.ASGITransport(app=limited, raise_app_exceptions=False, client=(address, 1))
        return httpx.AsyncClient(transport=transport, base_url="http://todo.test")

    return make


async def test_a_user_who_asks_too_often_is_refused_whatever_they_ask(limited: FastAPI, user_id: str) -> None:
    async with client_of(limited, token_for(user_id)) as client:
        asked = [await client.get("/api/me/tasks") for _ in range(A_MINUTE)]
        refused = [
            await client.get("/api/me/tasks"),
            await client.post("/api/me/tasks", json={"title": "Call mom"}),
            await client.post("/api/chatkit", json={"type": "threads.list"}),
            await client.post(
                "http://localhost:8000/api/mcp", json={"jsonrpc": "2.0", "id": 1, "method": "ping"}
            ),
        ]

    assert [each.status_code for each in asked] == [200] * A_MINUTE
    for each in refused:
        problem = each.json()
        assert (each.status_code, problem["error"], problem["code"]) == (
            429,
            "RateLimitExceeded",
            "rate_limited",
        )
        assert each.headers["retry-after"] == str(problem["retry_after"])
        assert each.headers["ratelimit-policy"] == '"minute";q=4;w=60'
        assert each.headers["ratelimit"] == f'"minute";r=0;t={problem["retry_after"]}'
        assert each.headers["x-request-id"] == problem["request_id"]


async def test_another_user_is_not_refused_with_them(limited: FastAPI, user_id: str) -> None:
    async with client_of(limited, token_for(user_id)) as client:
        for _ in range(A_MINUTE + 1):
            await client.get("/api/me/tasks")
    async with client_of(limited, token_for(f"{user_id}-other")) as other:
        answer = await other.get("/api/me/tasks")

    assert answer.status_code == 200


async def test_whoever_is_not_let_in_uses_up_nobodys_requests(limited: FastAPI, user_id: str) -> None:
    async with client_of(limited, "no.such.token") as stranger:
        refused = [await stranger.get(f"/api/{user_id}/tasks") for _ in range(A_MINUTE + 1)]
    async with client_of(limited, token_for(user_id)) as client:
        answer = await client.get("/api/me/tasks")

    assert [each.status_code for each in refused] == [401] * (A_MINUTE + 1)
    assert answer.status_code == 200


async def test_an_address_that_asks_too_often_without_saying_who_is_refused(client_at: ClientAt) -> None:
    paths = [path.format(token="x") for path in OPEN_TO_ALL]
    async with client_at("2001:db8::1") as one, client_at("2001:db8::2") as same_site:
        counted = [await one.get(path) for path in paths[:A_MINUTE]]
        refused = [await same_site.get(path) for path in paths]
    async with client_at("10.9.8.7") as other:
        answer = await other.get("/api/mcp/info")

    assert 429 not in {each.status_code for each in counted}
    assert {each.status_code for each in refused} == {429}
    assert refused[0].headers["ratelimit"] == '"minute";r=0;t=15'
    assert refused[0].json()["code"] == "rate_limited"
    assert answer.status_code == 200


async def test_health_may_be_asked_at_any_rate(client_at: ClientAt) -> None:
    async with client_at("10.9.8.6") as monitor:
        for _ in range(A_MINUTE + 1):
            await monitor.get("/api/mcp/info")
        told = [await monitor.get(path) for path in ("/", "/health", "/api/health", "/health/ready")]

    assert [each.status_code for each in told] == [200] * 4


async def test_a_page_of_the_frontend_can_read_that_it_was_too_often(client_at: ClientAt) -> None:
    async with client_at("10.9.8.5") as page:
        page.headers["Origin"] = "http://localhost:3000"
        told = [await page.get("/api/mcp/info") for _ in range(A_MINUTE + 1)]

    exposed = told[-1].headers["access-control-expose-headers"]
    assert told[-1].status_code == 429
    assert told[-1].headers["access-control-allow-origin"] == "http://localhost:3000"
    assert {"RateLimit", "RateLimit-Policy", "Retry-After"} <= {each.strip() for each in exposed.split(",")}


DESCRIBED = create_app(Settings(_env_file=None)).openapi()["paths"]
OPEN_TO_ALL = [
    path
    for path, methods in DESCRIBED.items()
    for operation in methods.values()
    if operation.get("security") != [{"bearer": []}] and "health" not in operation["tags"]
]


async def test_whatever_needs_no_credential_is_counted_by_address(client_at: ClientAt) -> None:
    assert len(OPEN_TO_ALL) >= 7
    for number, path in enumerate(OPEN_TO_ALL):
        async with client_at(f"10.9.7.{number}") as visitor:
            told = [await visitor.get(path.format(token="x")) for _ in range(A_MINUTE + 1)]

        assert told[-1].status_code == 429, path


def test_every_route_but_health_says_that_it_may_be_too_often() -> None:
    untold = [
        path
        for path, methods in DESCRIBED.items()
        for operation in methods.values()
        if ("429" in operation["responses"]) == ("health" in operation["tags"])
    ]

    assert untold == []

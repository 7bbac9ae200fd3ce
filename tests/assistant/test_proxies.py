"""The proxy variables as curl and HTTPX read them."""

import pytest

from src.assistant.proxies import proxy_for


@pytest.mark.parametrize(
    ("variable", "value", "url", "proxy"),
    [
        ("HTTPS_PROXY", "http://proxy:3128", "https://models.example/v1", "http://proxy:3128"),
        ("https_proxy", "http://u:p@proxy:3128", "https://models.example/v1", "http://u:p@proxy:3128"),
        ("HTTP_PROXY", "proxy:3128", "http://models.example/v1", "http://proxy:3128"),
        ("HTTP_PROXY", "http://proxy:3128", "https://models.example/v1", None),
        ("ALL_PROXY", "http://proxy:3128", "https://models.example/v1", "http://proxy:3128"),
        ("ALL_PROXY", "http://proxy:3128", "HTTP://models.example/v1", "http://proxy:3128"),
        ("HTTPS_PROXY", "", "https://models.example/v1", None),
    ],
)
def test_the_proxy_is_named_for_a_scheme_or_for_all(
    variable: str, value: str, url: str, proxy: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(variable, value)

    assert proxy_for(url) == proxy


@pytest.mark.parametrize(
    ("exempt", "url", "is_reached_without"),
    [
        ("*", "https://models.example/v1", True),
        ("models.example", "https://models.example/v1", True),
        ("example", "https://models.example/v1", True),
        (".example, localhost", "https://models.example:8443/v1", True),
        ("odels.example", "https://models.example/v1", False),
        ("127.0.0.1:11434", "http://127.0.0.1:11434/v1", True),
        ("127.0.0.1:11434", "http://127.0.0.1:8080/v1", False),
        ("10.0.0.0/8,127.0.0.0/8", "http://127.0.0.1:11434/v1", True),
        ("10.0.0.0/8", "http://127.0.0.1:11434/v1", False),
        ("10.0.0.0/8", "http://models.example/v1", False),
        ("::1", "http://[::1]:11434/v1", True),
        ("fd00::/8", "http://[fd12::1]:11434/v1", True),
        ("not/a network", "http://127.0.0.1:11434/v1", False),
    ],
)
def test_no_proxy_names_hosts_what_is_below_them_and_networks(
    exempt: str, url: str, is_reached_without: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ALL_PROXY", "http://proxy:3128")
    monkeypatch.setenv("NO_PROXY", exempt)

    assert (proxy_for(url) is None) is is_reached_without

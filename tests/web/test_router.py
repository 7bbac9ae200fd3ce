"""The first page: JSON for programs, a page for people."""

import httpx
import pytest

BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"


async def test_a_browser_gets_a_page_that_only_hugging_face_may_frame(nobody: httpx.AsyncClient) -> None:
    response = await nobody.get("/", headers={"Accept": BROWSER})

    assert (response.status_code, response.headers["content-type"]) == (200, "text/html; charset=utf-8")
    assert response.text.lstrip().lower().startswith("<!doctype html>")
    policy = response.headers["Content-Security-Policy"]
    assert "default-src 'self'" in policy
    assert "frame-ancestors 'self' https://huggingface.co https://*.hf.space" in policy


@pytest.mark.parametrize("accept", ["*/*", "application/json", ""])
async def test_a_program_gets_json(nobody: httpx.AsyncClient, accept: str) -> None:
    response = await nobody.get("/", headers={"Accept": accept})

    assert (response.headers["content-type"], response.json()["status"]) == ("application/json", "ok")

"""The OpenAPI document: what generated clients are made of."""

import json
import shutil
import subprocess
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import pytest

from src.main import app as described
from tests.factories import create_task

DOCUMENT: dict[str, Any] = described.openapi()
OPERATIONS = [
    (method.upper(), path, operation)
    for path, operations in DOCUMENT["paths"].items()
    for method, operation in operations.items()
]
NAMES = [operation["operationId"] for _, _, operation in OPERATIONS]
PROBLEM = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
KNOWN_NAMES = {
    "create_task",
    "list_tasks",
    "get_task",
    "replace_task",
    "update_task",
    "delete_task",
    "set_task_completed",
    "complete_task",
    "chat",
    "list_conversations",
    "get_conversation",
    "list_messages",
    "rename_conversation",
    "delete_conversation",
    "get_settings",
    "update_settings",
    "health",
    "api_health",
    "ready",
}


def references(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        if isinstance(value.get("$ref"), str):
            yield value["$ref"]
        for inner in value.values():
            yield from references(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from references(inner)


def test_names_that_clients_are_generated_from_are_unique_and_stay() -> None:
    assert [name for name, count in Counter(NAMES).items() if count > 1] == []
    assert set(NAMES) >= KNOWN_NAMES
    assert all(name.isidentifier() and name.islower() for name in NAMES)


def test_every_reference_leads_somewhere_and_every_schema_is_used() -> None:
    used = set(references(DOCUMENT))

    assert used == {f"#/components/schemas/{name}" for name in DOCUMENT["components"]["schemas"]}


@pytest.mark.parametrize(("method", "path", "operation"), OPERATIONS, ids=NAMES)
def test_every_route_has_a_described_tag_a_sentence_and_its_success(
    method: str, path: str, operation: dict[str, Any]
) -> None:
    del method, path
    described_tags = {tag["name"] for tag in DOCUMENT["tags"]}

    assert operation["tags"]
    assert set(operation["tags"]) <= described_tags
    assert operation["description"].endswith(".")
    assert any(status.startswith("2") for status in operation["responses"])


@pytest.mark.parametrize(("method", "path", "operation"), OPERATIONS, ids=NAMES)
def test_every_failure_is_documented_with_the_one_body(
    method: str, path: str, operation: dict[str, Any]
) -> None:
    del method
    documented = set(operation["responses"])
    failures = {status: told for status, told in operation["responses"].items() if status >= "4"}

    assert documented >= expected_failures(path, operation)
    assert not {"400", "422"} <= documented
    assert [status for status, told in failures.items() if told.get("content") != PROBLEM] == []


def expected_failures(path: str, operation: dict[str, Any]) -> set[str]:
    if "{user_id}" not in path:
        return set()
    is_chat = {"chat", "conversations"} & set(operation["tags"])
    expected = {"401", "403", "500", "503", "400" if is_chat else "422"}
    expected |= {"413"} if "requestBody" in operation else set()
    return expected | ({"404"} if path.count("{") > 1 else set())


def takes_json(operation: dict[str, Any]) -> bool:
    return "application/json" in operation.get("requestBody", {}).get("content", {})


def test_a_route_that_takes_a_file_says_in_which_forms() -> None:
    uploads = {
        operation["operationId"]: set(operation["requestBody"]["content"])
        for _, _, operation in OPERATIONS
        if "requestBody" in operation and not takes_json(operation)
    }
    forms = {"application/octet-stream", "image/*", "multipart/form-data"}

    assert uploads == {"upload_attachment": forms, "post_attachment": forms}


@pytest.mark.parametrize(
    ("method", "path", "operation"),
    [each for each in OPERATIONS if takes_json(each[2])],
    ids=[name for name, each in zip(NAMES, OPERATIONS, strict=True) if takes_json(each[2])],
)
async def test_the_example_of_a_body_works(
    client: httpx.AsyncClient, method: str, path: str, operation: dict[str, Any]
) -> None:
    example = dict(operation["requestBody"]["content"]["application/json"]["example"])
    if "email" in example:
        example["email"] = f"{uuid4().hex}@example.com"  # Another test may have signed up as in the example.
    if path == "/api/auth/login":
        await client.post("/api/auth/signup", json=example)
    task = await create_task(client)
    chat = await client.post("/api/me/chat", json={"message": "hello"})
    ids = {"user_id": "me", "task_id": task["id"], "conversation_id": chat.json()["conversation_id"]}

    if "accounts" in operation["tags"] and "security" in operation:
        await _become_an_account(client)

    response = await client.request(method, path.format(**ids), json=_with_ids(example, task["id"]))

    assert example
    assert response.is_success, response.text


async def _become_an_account(client: httpx.AsyncClient) -> None:
    """Examples of accounts all have one password."""
    email = f"{uuid4().hex}@example.com"
    body = {"email": email, "password": "a quiet harbour at dusk"}
    signed_in = (await client.post("/api/auth/signup", json=body)).json()
    client.headers["Authorization"] = f"Bearer {signed_in['access_token']}"


def _with_ids(example: Any, task_id: int) -> Any:
    """Examples cannot know which tasks there are."""
    text = json.dumps(example).replace('"task_id": 42', f'"task_id": {task_id}')
    return json.loads(text)


def test_routes_of_a_user_need_the_documented_bearer_token() -> None:
    schemes = DOCUMENT["components"]["securitySchemes"]

    assert schemes["bearer"]["scheme"] == "bearer"
    for _, path, operation in OPERATIONS:
        if "{user_id}" in path or "security" in operation:
            assert {"bearer": []} in operation["security"]
            assert "401" in operation["responses"]


async def test_the_document_is_served_with_its_pages(nobody: httpx.AsyncClient) -> None:
    served = await nobody.get("/openapi.json")
    pages = [await nobody.get(path) for path in ("/docs", "/redoc")]

    assert set(served.json()["paths"]) == set(DOCUMENT["paths"])
    assert [page.status_code for page in pages] == [200, 200]


def test_a_typescript_client_can_be_generated(tmp_path: Path) -> None:
    generator = shutil.which("openapi-typescript")
    if generator is None:
        pytest.skip("openapi-typescript is not installed here, and tests fetch nothing")
    (tmp_path / "openapi.json").write_text(json.dumps(DOCUMENT))

    subprocess.run(
        [generator, "openapi.json", "-o", "client.ts"],
        cwd=tmp_path,
        check=True,
        capture_output=True,
        timeout=60,
    )

    assert "create_task" in (tmp_path / "client.ts").read_text()

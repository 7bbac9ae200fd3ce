"""The tools of the suite that ask back by their answer, and are called again with the reply (2026-07-28)."""

from typing import Any

from mcp.server.mcpserver.prompts.base import Message, UserMessage
from mcp_types import (
    CreateMessageRequest,
    CreateMessageRequestParams,
    CreateMessageResult,
    ElicitRequest,
    ElicitRequestFormParams,
    ElicitResult,
    InputRequest,
    InputRequiredResult,
    ListRootsRequest,
    ListRootsResult,
    SamplingMessage,
    TextContent,
)

from tests.mcp_conformance.fixture_tools import AnyContext

Answer = str | InputRequiredResult


def form(message: str, field: str, kind: str = "string") -> ElicitRequest:
    schema = {"type": "object", "properties": {field: {"type": kind}}, "required": [field]}
    return ElicitRequest(params=ElicitRequestFormParams(message=message, requested_schema=schema))


def sample(text: str, most: int) -> CreateMessageRequest:
    said = SamplingMessage(role="user", content=TextContent(type="text", text=text))
    return CreateMessageRequest(params=CreateMessageRequestParams(messages=[said], max_tokens=most))


def filled(context: AnyContext, key: str, field: str) -> Any:
    """What the user filled in; None where they were not asked yet, or did not answer as asked."""
    reply = (context.input_responses or {}).get(key)
    return (reply.content or {}).get(field) if isinstance(reply, ElicitResult) else None


def asked(requests: dict[str, InputRequest], state: str | None = None) -> InputRequiredResult:
    return InputRequiredResult(input_requests=requests, request_state=state)


async def test_input_required_result_elicitation(context: AnyContext) -> Answer:
    """Ask for a name."""
    name = filled(context, "user_name", "name")
    return (
        f"Hello, {name}!"
        if isinstance(name, str)
        else asked({"user_name": form("What is your name?", "name")})
    )


async def test_input_required_result_sampling(context: AnyContext) -> Answer:
    """Ask the client's model."""
    reply = (context.input_responses or {}).get("capital_question")
    if isinstance(reply, CreateMessageResult):
        return str(getattr(reply.content, "text", ""))
    return asked({"capital_question": sample("What is the capital of France?", 100)})


async def test_input_required_result_list_roots(context: AnyContext) -> Answer:
    """Ask for the client's roots."""
    reply = (context.input_responses or {}).get("client_roots")
    if isinstance(reply, ListRootsResult):
        return ", ".join(str(root.uri) for root in reply.roots)
    return asked({"client_roots": ListRootsRequest()})


async def test_input_required_result_request_state(context: AnyContext) -> Answer:
    """Ask, and know the call again by its state."""
    if filled(context, "confirm", "ok") is not None and context.request_state == "asked":
        return "state-ok"
    return asked({"confirm": form("Please confirm", "ok", "boolean")}, "asked")


async def test_input_required_result_tampered_state(context: AnyContext) -> Answer:
    """The same; the SDK seals the state."""
    return await test_input_required_result_request_state(context)


async def test_input_required_result_multiple_inputs(context: AnyContext) -> Answer:
    """Ask for three things at once."""
    requests: dict[str, InputRequest] = {
        "user_name": form("What is your name?", "name"),
        "greeting": sample("Generate a greeting", 50),
        "client_roots": ListRootsRequest(),
    }
    if set(requests) <= set(context.input_responses or {}):
        return "All three are there."
    return asked(requests, "three")


async def test_input_required_result_multi_round(context: AnyContext) -> Answer:
    """Ask twice, one after the other."""
    if context.request_state == "second" and filled(context, "step2", "color"):
        return "Both steps are done."
    if context.request_state == "first" and filled(context, "step1", "name"):
        return asked({"step2": form("Step 2: What is your favorite color?", "color")}, "second")
    return asked({"step1": form("Step 1: What is your name?", "name")}, "first")


async def test_input_required_result_capabilities(context: AnyContext) -> Answer:
    """Ask only for what the client can do."""
    capabilities = context.client_capabilities
    requests: dict[str, InputRequest] = {}
    if capabilities is not None and capabilities.sampling is not None:
        requests["greeting"] = sample("Generate a greeting", 50)
    if capabilities is not None and capabilities.elicitation is not None:
        requests["user_name"] = form("What is your name?", "name")
    return asked(requests) if requests else "There is nobody to ask."


async def test_streaming_elicitation(context: AnyContext) -> Answer:
    """Report progress, then ask."""
    await context.report_progress(1, 2)
    return await test_input_required_result_elicitation(context)


async def test_input_required_result_prompt(context: AnyContext) -> list[Message] | InputRequiredResult:
    """A prompt that asks first."""
    told = filled(context, "user_context", "context")
    if isinstance(told, str):
        return [UserMessage(f"The context is {told}.")]
    return asked({"user_context": form("What context should the prompt use?", "context")})


ROUNDS = (
    test_input_required_result_elicitation,
    test_input_required_result_sampling,
    test_input_required_result_list_roots,
    test_input_required_result_request_state,
    test_input_required_result_tampered_state,
    test_input_required_result_multiple_inputs,
    test_input_required_result_multi_round,
    test_input_required_result_capabilities,
    test_streaming_elicitation,
)

"""The tools, resources and prompts that the official suite asks a server to have beside its own."""

import asyncio
import base64
from typing import Annotated, Any, Literal

import orjson
from mcp import MCPError
from mcp.server.mcpserver import Audio, Context, Image, MCPServer
from mcp.server.mcpserver.exceptions import ToolError
from mcp.server.mcpserver.prompts.base import Message, UserMessage
from mcp.server.mcpserver.resources import FunctionResource, TextResource
from mcp_types import (
    MISSING_REQUIRED_CLIENT_CAPABILITY,
    ContentBlock,
    EmbeddedResource,
    ImageContent,
    SamplingMessage,
    TextContent,
    TextResourceContents,
)
from pydantic import BaseModel, Field

_PIXEL = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR4nGP4z8DwHwAFAAH/iZk9HQAAAABJRU5ErkJggg=="
)
_SILENCE = b"RIFF$\0\0\0WAVEfmt \x10\0\0\0\x01\0\x01\0@\x1f\0\0@\x1f\0\0\x01\0\x08\0data\0\0\0\0"
_STEP_SECONDS = 0.05

AnyContext = Context[Any, Any]


def embedded(uri: str, text: str, mime_type: str = "text/plain") -> EmbeddedResource:
    return EmbeddedResource(
        type="resource", resource=TextResourceContents(uri=uri, mime_type=mime_type, text=text)
    )


async def test_simple_text() -> str:
    """Answer with a text."""
    return "This is a simple text response for testing."


async def test_image_content() -> Image:
    """Answer with a picture."""
    return Image(data=_PIXEL, format="png")


async def test_audio_content() -> Audio:
    """Answer with a sound."""
    return Audio(data=_SILENCE, format="wav")


async def test_embedded_resource() -> EmbeddedResource:
    """Answer with a resource."""
    return embedded("test://embedded-resource", "This is an embedded resource content.")


async def test_multiple_content_types() -> list[ContentBlock]:
    """Answer with several sorts of content."""
    picture = ImageContent(type="image", data=base64.b64encode(_PIXEL).decode(), mime_type="image/png")
    text = TextContent(type="text", text="Multiple content types test:")
    told = '{"test":"data","value":123}'
    return [text, picture, embedded("test://mixed-content-resource", told, "application/json")]


async def test_tool_with_logging(context: AnyContext) -> str:
    """Log while working."""
    for line in ("Tool execution started", "Tool processing data", "Tool execution completed"):
        await context.log("info", line)
        await asyncio.sleep(_STEP_SECONDS)
    return "Logged."


async def test_logging_tool(context: AnyContext) -> str:
    """Log once."""
    await context.log("info", "A line.")
    return "Logged."


async def test_error_handling() -> str:
    """Fail."""
    raise ToolError("This tool intentionally returns an error for testing")


async def test_tool_with_progress(context: AnyContext) -> str:
    """Report progress."""
    for done in (0, 50, 100):
        await context.report_progress(done, 100)
        await asyncio.sleep(_STEP_SECONDS)
    return "Done."


async def test_sampling(prompt: str, context: AnyContext) -> str:
    """Ask the client's model."""
    said = SamplingMessage(role="user", content=TextContent(type="text", text=prompt))
    answer = await context.session.create_message(messages=[said], max_tokens=100)
    return f"LLM response: {getattr(answer.content, 'text', '')}"


class Contact(BaseModel):
    """What the user is asked for."""

    username: str = Field(description="User's response")
    email: str = Field(description="User's email address")


async def test_elicitation(message: str, context: AnyContext) -> str:
    """Ask the user."""
    answer = await context.elicit(message, Contact)
    return f"User response: {answer.model_dump_json()}"


class Defaults(BaseModel):
    """Every primitive type with a default."""

    name: str = "John Doe"
    age: int = 30
    score: float = 95.5
    status: Literal["active", "inactive", "pending"] = "active"
    verified: bool = True


async def test_elicitation_sep1034_defaults(context: AnyContext) -> str:
    """Ask the user, with defaults."""
    answer = await context.elicit("Your details, please", Defaults)
    return f"Elicitation completed: action={answer.action}"


def _options(*pairs: str) -> list[dict[str, str]]:
    return [{"const": value, "title": title} for value, title in (pair.split(":") for pair in pairs)]


_ENUMS = {
    "type": "object",
    "properties": {
        "untitledSingle": {"type": "string", "enum": ["option1", "option2", "option3"]},
        "titledSingle": {
            "type": "string",
            "oneOf": _options("value1:First Option", "value2:Second Option", "value3:Third Option"),
        },
        "legacyEnum": {
            "type": "string",
            "enum": ["opt1", "opt2", "opt3"],
            "enumNames": ["Option One", "Option Two", "Option Three"],
        },
        "untitledMulti": {
            "type": "array",
            "items": {"type": "string", "enum": ["option1", "option2", "option3"]},
        },
        "titledMulti": {
            "type": "array",
            "items": {
                "anyOf": _options("value1:First Choice", "value2:Second Choice", "value3:Third Choice")
            },
        },
    },
}


async def test_elicitation_sep1330_enums(context: AnyContext) -> str:
    """Ask the user to choose."""
    answer = await context.session.elicit_form(
        message="Choose", requested_schema=_ENUMS, related_request_id=context.request_id
    )
    return f"Elicitation completed: action={answer.action}"


async def test_missing_capability(context: AnyContext) -> str:
    """Refuse clients that cannot sample."""
    capabilities = context.client_capabilities
    if capabilities is None or capabilities.sampling is None:
        needed: dict[str, Any] = {"requiredCapabilities": {"sampling": {}}}
        raise MCPError(MISSING_REQUIRED_CLIENT_CAPABILITY, "This needs sampling.", needed)
    return "Sampling is there."


async def test_custom_headers(
    region: Annotated[str, Field(json_schema_extra={"x-mcp-header": "Region"})],
    query: str | None,
) -> str:
    """Take an argument that is told in a header, too."""
    return f"{region}: {query}"


async def json_schema_2020_12_tool(name: str | None = None) -> str:
    """Take what only the newer JSON Schema can describe."""
    return str(name)


NEWER_SCHEMA: dict[str, Any] = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "type": "object",
    "$defs": {
        "address": {
            "$anchor": "addressDef",
            "type": "object",
            "properties": {"street": {"type": "string"}, "city": {"type": "string"}},
        }
    },
    "properties": {
        "name": {"type": "string"},
        "address": {"$ref": "#/$defs/address"},
        "contactMethod": {"type": "string", "enum": ["phone", "email"]},
        "phone": {"type": "string"},
        "email": {"type": "string"},
    },
    "allOf": [{"anyOf": [{"required": ["phone"]}, {"required": ["email"]}]}],
    "if": {"properties": {"contactMethod": {"const": "phone"}}, "required": ["contactMethod"]},
    "then": {"required": ["phone"]},
    "else": {"required": ["email"]},
    "additionalProperties": False,
}

SIMPLE_TOOLS = (
    test_simple_text,
    test_image_content,
    test_audio_content,
    test_embedded_resource,
    test_multiple_content_types,
    test_tool_with_logging,
    test_logging_tool,
    test_error_handling,
    test_tool_with_progress,
    test_sampling,
    test_elicitation,
    test_elicitation_sep1034_defaults,
    test_elicitation_sep1330_enums,
    test_missing_capability,
    test_custom_headers,
    json_schema_2020_12_tool,
)


async def test_simple_prompt() -> str:
    """A prompt."""
    return "This is a simple prompt for testing."


async def test_prompt_with_arguments(arg1: str, arg2: str) -> str:
    """A prompt with arguments."""
    return f"Prompt with arguments: arg1='{arg1}', arg2='{arg2}'"


async def test_prompt_with_embedded_resource(
    resourceUri: str,  # noqa: N803 - named by the suite.
) -> list[Message]:
    """A prompt with a resource."""
    resource = embedded(resourceUri, "Embedded resource content for testing.")
    return [UserMessage(resource), UserMessage("Please process the embedded resource above.")]


async def test_prompt_with_image() -> list[Message]:
    """A prompt with a picture."""
    picture = ImageContent(type="image", data=base64.b64encode(_PIXEL).decode(), mime_type="image/png")
    return [UserMessage(picture), UserMessage("Please analyze the image above.")]


PROMPTS = (
    test_simple_prompt,
    test_prompt_with_arguments,
    test_prompt_with_embedded_resource,
    test_prompt_with_image,
)


def add_fixture_resources(server: MCPServer[Any]) -> None:
    server.add_resource(
        TextResource(
            uri="test://static-text",
            name="static-text",
            text="This is the content of the static text resource.",
        )
    )
    server.add_resource(TextResource(uri="test://watched-resource", name="watched", text="Watched."))
    server.add_resource(
        FunctionResource.from_function(
            lambda: _PIXEL, uri="test://static-binary", name="static-binary", mime_type="image/png"
        )
    )

    @server.resource("test://template/{id}/data", name="template", mime_type="application/json")
    async def template(id: str) -> str:  # noqa: A002 - named by the template.
        return orjson.dumps({"id": id, "templateTest": True, "data": f"Data for ID: {id}"}).decode()

"""A yes of the user in the middle of a call, where their client can ask them."""

import hashlib
from typing import Any

from mcp.server.elicitation import render_elicitation_schema
from mcp.server.mcpserver import Context
from mcp_types import (
    ElicitRequest,
    ElicitRequestFormParams,
    ElicitResult,
    InputRequiredResult,
)
from mcp_types.version import is_version_at_least
from pydantic import BaseModel, Field, ValidationError

_ASKS_BY_ANSWER = "2026-07-28"
"""The first protocol in which a server asks by its answer, and is called again with the reply."""


class Confirmation(BaseModel):
    """What the user is asked to fill in."""

    confirm: bool = Field(default=True, title="Yes, do it")


_FORM = render_elicitation_schema(Confirmation)


class QuestionPending(Exception):
    """The user has to be asked before this call can go on."""

    def __init__(self, asked: InputRequiredResult) -> None:
        super().__init__()
        self.asked = asked


async def confirmed(context: Context[Any, Any], question: str) -> bool | None:
    """Whether the user says yes; None where their client cannot ask them.

    Raises:
        QuestionPending: the client asks now and calls again; the server answers this call with the question.
    """
    if context.protocol_version is None or not _can_ask(context):
        return None
    if is_version_at_least(context.protocol_version, _ASKS_BY_ANSWER):
        return _reply_to(context, question)
    if not context.session.can_send_request:
        return None
    return _is_yes(await context.session.elicit_form(question, _FORM, context.request_id))


def _can_ask(context: Context[Any, Any]) -> bool:
    capabilities = context.client_capabilities
    elicitation = capabilities.elicitation if capabilities else None
    # A client that names no mode means forms.
    return elicitation is not None and (elicitation.form is not None or elicitation.url is None)


def _reply_to(context: Context[Any, Any], question: str) -> bool:
    # A yes counts for the question it was given to: what is asked may change between the two calls.
    key = f"confirm-{hashlib.sha256(question.encode()).hexdigest()[:16]}"
    reply = (context.input_responses or {}).get(key)
    if isinstance(reply, ElicitResult):
        return _is_yes(reply)
    form = ElicitRequestFormParams(message=question, requested_schema=_FORM)
    raise QuestionPending(InputRequiredResult(input_requests={key: ElicitRequest(params=form)}))


def _is_yes(reply: ElicitResult) -> bool:
    """A form that was sent off filled in; what was sent off without a form, or as another, is no yes."""
    if reply.action != "accept" or reply.content is None:
        return False
    try:
        return Confirmation.model_validate(reply.content).confirm
    except ValidationError:
        return False

"""What needs the user's yes, and how a call comes by it."""

import json
from collections.abc import Sequence
from typing import Annotated, Any

from mcp.server.mcpserver import Context
from pydantic import Field

from mcp_server.confirmation import confirmed
from mcp_server.identity import ToolContext
from src.auth.context import ActorKind, acting_caller
from src.core.errors import DomainError, ErrorKind
from src.tasks.errors import TaskNotFound

MOST_AT_ONCE = 5
"""How many tasks a call may change or delete before the user is asked."""

_NAMED_AT_MOST = 10

ConfirmedArgument = Annotated[bool, Field(description="The user was asked and said yes.")]


class ConfirmationRequired(DomainError):
    """This much is not changed before the user says yes."""

    kind = ErrorKind.CONFLICT
    code = "confirmation_required"


class Declined(DomainError):
    """The user was asked and did not say yes."""

    kind = ErrorKind.CONFLICT
    code = "declined"


async def require_agreement(
    call: Context[Any, Any], tools: ToolContext, verb: str, task_ids: Sequence[int], *, is_confirmed: bool
) -> None:
    """Ask the user where more than five tasks are at stake; `is_confirmed` is a client's word for it.

    Their own yes is better than that word, so where the client can ask them, it counts alone. The agent of
    this service was judged by its guard, which knows what the user said.

    Raises:
        ConfirmationRequired: nobody asked the user yet.
        Declined: they did not agree.
    """
    distinct = list(dict.fromkeys(task_ids))
    if len(distinct) <= MOST_AT_ONCE or _is_agent():
        return
    named = await _named(tools, distinct)
    answer = await confirmed(call, f"{verb.capitalize()} {named}?")
    if answer is False:
        raise Declined("The user was asked and did not agree. Nothing was done.")
    if answer is None and not is_confirmed:
        raise ConfirmationRequired(
            f"Nothing was done. Ask the user whether to {verb} {named}; "
            "after a yes call again with confirmed=true."
        )


def _is_agent() -> bool:
    caller = acting_caller()
    return caller is not None and caller.actor.kind is ActorKind.AGENT


async def _named(tools: ToolContext, task_ids: Sequence[int]) -> str:
    titles = [await _title(tools, each) for each in task_ids[:_NAMED_AT_MOST]]
    rest = len(task_ids) - len(titles)
    return f"{len(task_ids)} tasks: {', '.join(titles)}" + (f" and {rest} more" if rest else "")


async def _title(tools: ToolContext, task_id: int) -> str:
    try:
        task = (await (await tools.tasks()).get(task_id)).read()
    except TaskNotFound:
        return f"task {task_id}"
    return json.dumps(task.title, ensure_ascii=False)

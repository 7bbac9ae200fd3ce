import asyncio

from src.assistant.toolbox import Toolbox
from src.auth.context import Actor, ActorKind, acting_caller
from tests.assistant.factories import ANNA, Shelf


def toolbox(shelf: Shelf, *, timeout: float = 5) -> Toolbox:
    return Toolbox(shelf.server, ANNA, actor=lambda: Actor(ActorKind.AGENT, "m"), timeout=timeout)


async def test_a_tool_that_takes_too_long_is_stopped_and_told() -> None:
    shelf = Shelf()

    async def dawdle() -> str:
        await asyncio.Event().wait()
        return "never"

    shelf.server.add_tool(dawdle)

    result = await toolbox(shelf, timeout=0.01).call_tool("dawdle", {})

    assert result.is_error
    assert "dawdle took too long" in str(result.content)


async def test_nobody_acts_outside_a_tool_call() -> None:
    shelf = Shelf()

    await toolbox(shelf).call_tool("add_note", {"text": "milk"})

    assert shelf.callers != [None]
    assert acting_caller() is None


async def test_the_users_kind_of_actor_is_replaced_and_nothing_else() -> None:
    shelf = Shelf()

    await toolbox(shelf).call_tool("add_note", {"text": "milk"})

    [caller] = shelf.callers
    assert caller is not None
    assert (caller.user_id, caller.email, caller.actor.kind) == ("anna", None, ActorKind.AGENT)


async def test_an_agent_sees_every_tool_of_the_server() -> None:
    shelf = Shelf()

    tools = await toolbox(shelf).list_tools()

    assert [tool.name for tool in tools] == ["add_note", "get_note", "break_shelf"]

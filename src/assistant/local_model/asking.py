"""One turn as a replay: a tool's answer is there, or the call is noted and made next."""

from typing import Any

from src.assistant.local_model.conversation import Conversation, ToolResult
from src.assistant.local_model.output import Call


class Turn:
    """What the tools have said since the user spoke, and what is still to be asked of them.

    A request is worked out anew at every step of the turn: `ask` gives the answer of an earlier step, or
    notes the call and gives None, which means "come back when it is answered". So nothing has to be
    remembered between the steps but the conversation itself.
    """

    def __init__(self, conversation: Conversation) -> None:
        self.conversation = conversation
        self.wanted: list[Call] = []
        self._answers = list(conversation.results)

    def can(self, tool: str) -> bool:
        return tool in self.conversation.tools

    def takes(self, tool: str, argument: str) -> bool:
        """Whether a tool has such an argument; a tool whose schema is unknown has any."""
        known = self.conversation.tools.get(tool, frozenset())
        return not known or argument in known

    def ask(self, tool: str, **arguments: Any) -> ToolResult | None:
        """The answer to a call of this turn, or None after noting it. Not available is an answer too."""
        if not self.can(tool):
            return ToolResult(tool, arguments, None, f"{tool} is not available here.")
        given = {name: value for name, value in arguments.items() if value is not None}
        for index, answer in enumerate(self._answers):
            if answer.tool == tool and answer.arguments == given:
                return self._answers.pop(index)
        self.wanted.append(Call(tool, given))
        return None

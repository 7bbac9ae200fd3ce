"""Which tools a client is shown: known without loading the SDK, which takes a second."""

from enum import StrEnum

from src.core.errors import InvalidInput


class Profile(StrEnum):
    """A choice of tools, by `?profile=` or `TODO_PROFILE`."""

    FULL = "full"
    READ = "read"
    RESEARCH = "research"


READING_TOOLS = ("list_tasks", "get_task", "list_tags", "get_analytics")
"""Tools that change nothing."""
RESEARCH_TOOLS = ("search", "fetch")
"""The pair that ChatGPT's connectors and deep research ask for."""
TOOLS = (
    "add_task",
    "list_tasks",
    "get_task",
    "update_task",
    "complete_task",
    "delete_task",
    "list_tags",
    "skip_task",
    "stop_recurrence",
    "get_analytics",
)
"""Every tool of the default profile, in the order in which clients are told of them."""
HARMLESS_TOOLS = frozenset(READING_TOOLS + RESEARCH_TOOLS)


class UnknownProfile(InvalidInput):
    """No choice of tools has this name."""

    code = "unknown_profile"

    def __init__(self, name: str) -> None:
        super().__init__("profile", f"There is no profile '{name[:64]}'; known are {', '.join(Profile)}.")


def profile_named(name: str) -> Profile:
    """The profile of a name.

    Raises:
        UnknownProfile: there is none.
    """
    try:
        return Profile(name.strip().lower())
    except ValueError:
        raise UnknownProfile(name) from None

"""What is shown while a tool runs."""

from chatkit.icons import IconName
from chatkit.types import ProgressUpdateEvent

_OF_TOOL: dict[str, tuple[str, IconName]] = {
    "add_task": ("Adding…", "plus"),
    "list_tasks": ("Looking through your tasks…", "search"),
    "get_task": ("Looking at a task…", "search"),
    "update_task": ("Changing…", "write"),
    "complete_task": ("Checking off…", "check-circle"),
    "skip_task": ("Skipping…", "chevron-right"),
    "stop_recurrence": ("Ending the repetition…", "calendar"),
    "delete_task": ("Deleting…", "reload"),
    "list_tags": ("Looking through your tags…", "search"),
    "get_analytics": ("Counting…", "chart"),
}


def progress_of(tool: str) -> ProgressUpdateEvent:
    text, icon = _OF_TOOL.get(tool, ("Working on it…", "bolt"))
    return ProgressUpdateEvent(text=text, icon=icon)

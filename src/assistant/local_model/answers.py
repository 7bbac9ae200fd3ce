"""How the local model talks: short, plain, and only what the tools said. Pure."""

from collections.abc import Sequence

from src.assistant.local_model.conversation import Task, one_line

ASK_TITLE = "What should I add?"
ASK_WHICH = "Which one do you mean?"
ASK_SURE = "Shall I"
ASK_CHANGE = "What should change about"
SHOWN_AT_MOST = 20

HELP = (
    "I look after your tasks, without a language model. Try “add call mom tomorrow 5pm”, “what's"
    " due this week?”, "
    "“finish call mom”, “move it to Friday”, “make it high priority”, “delete the second one” or"
    " “how am I doing this month?”."
)
GREETING = "Hello! Tell me what to add, or ask what is due."
THANKS = "You're welcome."
NOT_MINE = (
    "I can't help with that: without a language model I only look after tasks, such as adding,"
    " finding, changing and finishing them."
)
NO_QUESTION = "All right, nothing was changed."
TOO_LONG = "That is too long for me to read. Tell me in a sentence or two what to add, find or change."
WHICH_LIST = (
    "Tell me what to do with it, for instance “finish the second one”, or ask “what do I have?” to see your"
    " tasks with their numbers."
)
NOTHING_OPEN = "I'm not sure what you mean. Say “help” to see what I can do."

_DEEDS = {
    "add_task": "add",
    "update_task": "change",
    "complete_task": "complete",
    "skip_task": "skip",
    "stop_recurrence": "stop repeating",
    "delete_task": "delete",
}
_DONE = {
    "add_task": "Added",
    "update_task": "Changed",
    "complete_task": "Completed",
    "skip_task": "Skipped",
    "stop_recurrence": "Stopped repeating",
    "delete_task": "Deleted",
}


def title(task: Task) -> str:
    return f"“{one_line(task['title'])}”"


def due(task: Task) -> str:
    """The due date in the tool's words; empty where there is none."""
    return str(task.get("due_text") or task.get("due_date") or "")


def line(task: Task) -> str:
    """A task as one line of a list."""
    level = task.get("priority")
    facts = [
        due(task),
        repetition(task),
        f"{level} priority" if level in ("High", "Low") else "",
        _state(task),
    ]
    told = ", ".join(fact for fact in facts if fact)
    return f"{one_line(task['title'])} — {told}" if told else one_line(task["title"])


def _state(task: Task) -> str:
    status = str(task.get("status") or "").lower()
    return {"completed": "done", "skipped": "skipped"}.get(status, "done" if task.get("completed") else "")


def numbered(tasks: Sequence[Task]) -> str:
    return "\n".join(f"{place}. {line(task)}" for place, task in enumerate(tasks[:SHOWN_AT_MOST], start=1))


def repetition(task: Task) -> str:
    """How a task repeats, in the tool's words; empty where it does not."""
    rule = task.get("recurrence")
    text = rule.get("text") if isinstance(rule, dict) else rule
    return f"repeats {text}" if text else ""


def added(task: Task) -> str:
    facts = [f"due {due(task)}" if due(task) else "", repetition(task)]
    if task.get("priority") not in (None, "None", "Medium"):
        facts.append(f"{task['priority']} priority")
    if task.get("tags"):
        facts.append("tagged " + ", ".join(task["tags"]))
    if task.get("category"):
        facts.append(f"in {task['category']}")
    told = ", ".join(fact for fact in facts if fact)
    beside = f" ({one_line(task['description'])})" if task.get("description") else ""
    return f"Added {title(task)}{beside}{', ' + told if told else ''}."


def completed(task: Task, successor: Task | None) -> str:
    told = f"Done: {title(task)}."
    return f"{told} Next time: {due(successor)}." if successor is not None and due(successor) else told


def changed(task: Task, fields: Sequence[str]) -> str:
    """What an update left, told for the fields it named."""
    told = [_changed_field(task, name) for name in fields]
    return f"Changed {title(task)}: {', '.join(told)}."


def _changed_field(task: Task, name: str) -> str:
    match name:
        case "title":
            return "renamed"
        case "due_date":
            return f"due {due(task)}" if due(task) else "no due date"
        case "priority":
            return f"{task.get('priority')} priority"
        case "recurrence":
            return repetition(task) or "does not repeat"
        case "tags":
            return f"tags {', '.join(task.get('tags') or []) or 'none'}"
        case _:
            return f"{name} {task.get(name) or 'none'}"


def which(tasks: Sequence[Task]) -> str:
    return f"{ASK_WHICH}\n{numbered(tasks)}"


def not_found(words: str, near: Sequence[Task]) -> str:
    told = f"I found no task “{words}”."
    if not near:
        return told
    names = " or ".join(title(task) for task in near)
    return f"{told} The nearest: {names}."


def sure(tool: str, tasks: Sequence[Task]) -> str:
    """The question before a call that takes more than is done without asking."""
    rest = len(tasks) - SHOWN_AT_MOST
    these = f"these {len(tasks)} tasks" if len(tasks) > 1 else "this task"
    return f"{ASK_SURE} {_DEEDS[tool]} {these}? Say yes or no.\n{numbered(tasks)}" + (
        f"\n… and {rest} more." if rest > 0 else ""
    )


def done(tool: str, count: int) -> str:
    return f"{_DONE[tool]} {count} task{'s' if count != 1 else ''}."


def failed(what: str, error: str) -> str:
    return f"I could not {what}: {error.strip() or 'the tool gave no answer'}"


def listed(heading: str, tasks: Sequence[Task], *, has_more: bool) -> str:
    if not tasks:
        return f"Nothing {heading}." if heading else "Your list is empty."
    count = f"{len(tasks)}{'+' if has_more else ''} task{'s' if len(tasks) != 1 or has_more else ''}"
    opening = f"{count} {heading}:".replace(" :", ":")
    shown = numbered(tasks)
    rest = has_more or len(tasks) > SHOWN_AT_MOST
    return f"{opening}\n{shown}" + ("\nThere are more; say “more” to see them." if rest else "")

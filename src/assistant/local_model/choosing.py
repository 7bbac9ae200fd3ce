"""From a phrase to the tasks it means: what was shown, or a search through the tools."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from src.assistant.local_model import answers
from src.assistant.local_model.asking import Turn
from src.assistant.local_model.conversation import Task
from src.assistant.local_model.details import day_bounds
from src.assistant.local_model.references import Reference, at_place, matching, nearest
from src.language.when import When

_LOOKED_THROUGH = 100


@dataclass(frozen=True, slots=True)
class Chosen:
    """The tasks meant, or why there are none: what to tell the user."""

    tasks: tuple[Task, ...] = ()
    problem: str = ""
    is_several: bool = False


def choose(
    turn: Turn,
    reference: Reference,
    *,
    status: str = "pending",
    when: When | None = None,
    category: str | None = None,
) -> Chosen | None:
    """The tasks a reference means; None while a tool has yet to answer."""
    if reference.numbers:
        return _by_number(turn, reference.numbers)
    if reference.places:
        return _by_place(turn, reference.places, status)
    if reference.is_everything:
        shown = turn.conversation.shown() if reference.is_shown else []
        if shown:
            return Chosen(tuple(shown), is_several=True)
        return _everything(turn, status, when, reference.words or None, category)
    if reference.is_pronoun:
        return _by_pronoun(turn, status)
    return _by_words(turn, reference, status, when)


def _by_number(turn: Turn, numbers: Sequence[int]) -> Chosen:
    shown = turn.conversation.shown()
    ids = {task["id"] for task in shown}
    tasks = []
    for number in numbers:
        task = None if number > len(shown) and number in ids else at_place(shown, number)
        tasks.append(task or {"id": number, "title": f"task {number}"})
    return Chosen(tuple(tasks))


def _by_place(turn: Turn, places: Sequence[int], status: str) -> Chosen | None:
    shown = turn.conversation.shown()
    if not shown:
        found = turn.ask("list_tasks", status=status, limit=_LOOKED_THROUGH)
        if found is None:
            return None
        # Without a list on show the newest stands first, and "the last one" is the one added last.
        shown = found.tasks()[::-1]
    tasks = [at_place(shown, place) for place in places]
    if any(task is None for task in tasks):
        return Chosen(
            problem="There is no such place in the list." if shown else "There are no tasks to choose from."
        )
    return Chosen(tuple(task for task in tasks if task is not None))


def _by_pronoun(turn: Turn, status: str) -> Chosen | None:
    touched = turn.conversation.touched(is_finished=status == "completed")
    if touched is not None:
        return Chosen((touched,))
    return _ask_which(turn, status)


def _ask_which(turn: Turn, status: str) -> Chosen | None:
    found = turn.ask("list_tasks", status=status, limit=answers.SHOWN_AT_MOST)
    if found is None:
        return None
    if not found.tasks():
        return Chosen(problem=found.error or "There are no tasks to choose from.")
    return Chosen(problem=answers.which(found.tasks()))


def _everything(
    turn: Turn, status: str, when: When | None, words: str | None = None, category: str | None = None
) -> Chosen | None:
    found = turn.ask(
        "list_tasks",
        status=status,
        limit=_LOOKED_THROUGH,
        search=words or None,
        category=category,
        **window(when),
    )
    if found is None:
        return None
    if not found.tasks():
        return Chosen(problem=found.error or "There is nothing there to do that with.")
    return Chosen(tuple(found.tasks()), is_several=True)


def window(when: When | None) -> dict[str, str]:
    """The days a phrase speaks of, as arguments of list_tasks: both ends included."""
    if when is None:
        return {}
    first, last = day_bounds(when)
    return {"due_after": first.isoformat(), "due_before": last.isoformat()}


def _by_words(turn: Turn, reference: Reference, status: str, when: When | None) -> Chosen | None:
    words = reference.words
    if not words:
        return _unnamed(turn, status, when)
    found = turn.ask("list_tasks", search=words, status=status, limit=_LOOKED_THROUGH, **window(when))
    if found is not None and when is not None and not found.error and not found.tasks():
        # What looked like its date may be a part of its name, or the date may have been moved.
        found = turn.ask("list_tasks", search=words, status=status, limit=_LOOKED_THROUGH)
    if found is None:
        return None
    if found.error:
        return Chosen(problem=found.error)
    outright = matching(found.tasks(), reference.longer) if reference.longer else []
    fitting = outright or _on_day(matching(found.tasks(), words), when)
    if not fitting:
        return _unnamed(turn, status, when) if reference.is_vague else _not_found(turn, reference, status)
    if len(fitting) > 1:
        return Chosen(tuple(fitting), problem=answers.which(fitting))
    return Chosen((fitting[0],))


def _unnamed(turn: Turn, status: str, when: When | None) -> Chosen | None:
    return _everything(turn, status, when) if when is not None else _ask_which(turn, status)


def _not_found(turn: Turn, reference: Reference, status: str) -> Chosen | None:
    everything = turn.ask("list_tasks", status=status, limit=_LOOKED_THROUGH)
    if everything is None:
        return None
    words = reference.shorter or reference.words
    fitting = matching(everything.tasks(), reference.words) or matching(everything.tasks(), words)
    if len(fitting) == 1:
        return Chosen((fitting[0],))
    if fitting:
        return Chosen(tuple(fitting), problem=answers.which(fitting))
    return Chosen(problem=answers.not_found(words, nearest(everything.tasks(), words)))


def _on_day(tasks: list[Task], when: When | None) -> list[Task]:
    """Of several tasks those due on the day that was named."""
    if when is None or len(tasks) < 2:
        return tasks
    first, last = day_bounds(when)
    return [task for task in tasks if first <= due_day(task) <= last] or tasks


def due_day(task: Task) -> date:
    """The day a task is due by the tool's text; the first day of the calendar where there is none."""
    text = str(task.get("due_date") or "")
    try:
        return datetime.fromisoformat(text).date()
    except ValueError:
        return date.min

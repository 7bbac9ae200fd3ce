"""The figures of get_analytics in a few sentences. Pure."""

from typing import Any

Stats = dict[str, Any]


def told(stats: Stats) -> str:
    """What the figures say; only those that are there."""
    sentences = (_done(_part(stats, "completion_stats")), _pace(_part(stats, "productivity")), _ahead(stats))
    said = [sentence for sentence in sentences if sentence]
    return " ".join(said) or "There are no figures yet."


def _part(stats: Stats, name: str) -> Stats:
    part = stats.get(name)
    return part if isinstance(part, dict) else {}


def _done(stats: Stats) -> str:
    if "completed" not in stats:
        return ""
    rate = f" ({_rounded(stats['completion_rate'])} %)" if stats.get("completion_rate") is not None else ""
    late = f", {stats['overdue']} of them overdue" if stats.get("overdue") else ""
    return f"You have done {_tasks(stats['completed'])}{rate}; {stats.get('pending', 0)} still open{late}."


def _pace(stats: Stats) -> str:
    facts = []
    if stats.get("current_streak_days"):
        facts.append(f"your streak is {_counted(stats['current_streak_days'], 'day')}")
    if stats.get("on_time_rate") is not None:
        facts.append(f"{_rounded(stats['on_time_rate'])} % were done on time")
    if stats.get("busiest_weekday"):
        facts.append(f"most on {_WEEKDAYS.get(stats['busiest_weekday'], stats['busiest_weekday'])}s")
    line = ", ".join(facts)
    return f"{line[0].upper()}{line[1:]}." if line else ""


_WEEKDAYS = {
    "mon": "Monday", "tue": "Tuesday", "wed": "Wednesday", "thu": "Thursday", "fri": "Friday",
    "sat": "Saturday", "sun": "Sunday",
}  # fmt: skip


def _ahead(stats: Stats) -> str:
    due = sum(_part(stats, "due_by_day").values())
    return f"{_tasks(due)} due in the next two weeks." if due else ""


def _tasks(count: int) -> str:
    return _counted(count, "task")


def _counted(count: int, noun: str) -> str:
    return f"{count} {noun}{'' if count == 1 else 's'}"


def _rounded(value: float) -> str:
    return f"{value:.1f}".removesuffix(".0")

"""What an utterance wants: the first rule of the tables that fits. Pure; no state, no clock."""

from functools import lru_cache

from src.assistant.local_model import words
from src.assistant.local_model.rules import Intent, Said
from src.assistant.local_model.rules_adding import ADDITIONS, BARE, REMINDERS
from src.assistant.local_model.rules_asking import NUMBERS, QUERIES
from src.assistant.local_model.rules_changing import CHANGES, DELETIONS, STATES
from src.assistant.local_model.rules_small_talk import SMALL_TALK

__all__ = ["TOOL_OF", "Intent", "read_intent"]

TOOL_OF: dict[Intent, str] = {
    Intent.ADD: "add_task",
    Intent.LIST: "list_tasks",
    Intent.MORE: "list_tasks",
    Intent.COMPLETE: "complete_task",
    Intent.REOPEN: "complete_task",
    Intent.UPDATE: "update_task",
    Intent.SKIP: "skip_task",
    Intent.STOP: "stop_recurrence",
    Intent.DELETE: "delete_task",
    Intent.TAGS: "list_tags",
    Intent.ANALYTICS: "get_analytics",
}


_TABLES = (SMALL_TALK, NUMBERS, STATES, DELETIONS, REMINDERS, CHANGES, ADDITIONS, QUERIES, BARE)


@lru_cache(maxsize=256)  # A turn reads the same sentence again at each of its steps.
def read_intent(text: str) -> Intent:
    """What the utterance wants, by itself; `Intent.NONE` where it is not about tasks. Never raises."""
    whole = words.plain(text[:2000])
    said = Said(whole, words.without_courtesy(whole))
    for table in _TABLES:
        for rule in table:
            spoken = whole if table is SMALL_TALK else said.core
            if rule.pattern.search(spoken) and rule.only_if(said):
                return rule.intent
    return Intent.NONE

"""What the user stands behind in a turn, read from the conversation alone. Pure."""

import re
from collections.abc import Sequence

from src.assistant.deeds import REMOVING, Call, Deed, UnreadableCall
from src.assistant.events import AssistantSaid, HistoryItem, ToolUsed, UserSaid
from src.assistant.wishes import Words, removes
from src.language.consent import Consent, read_consent

CONFIRMATION_REQUIRED = "confirmation_required"
"""The code with which a call is held back until the user says yes."""

_OTHER_DEEDS = re.compile(
    r"\b(?:complet|finish|clos|check|tick|mark|updat|chang|mov|skip|stop|reschedul|postpon|add)", re.I
)


def _last_message(history: Sequence[HistoryItem]) -> tuple[str, Sequence[HistoryItem]]:
    """The message to answer, and what came between the one before it and this one, that one first."""
    places = [index for index, item in enumerate(history) if isinstance(item, UserSaid)]
    if not places:
        return "", ()
    said = history[places[-1]]
    start = places[-2] if len(places) > 1 else 0
    return (said.text if isinstance(said, UserSaid) else ""), history[start : places[-1]]


def words_of(history: Sequence[HistoryItem]) -> Words:
    """The user's words of this turn; what answers a question stands for the message before it too."""
    said, earlier = _last_message(history)
    is_answer = any(isinstance(item, AssistantSaid) for item in earlier)
    before = next((item.text for item in earlier if isinstance(item, UserSaid)), "")
    return Words.of(said, answers=before if is_answer else "")


def approved(history: Sequence[HistoryItem]) -> frozenset[Deed]:
    """The deeds that were held back in the turn before and that the message to answer says yes to."""
    said, _ = _last_message(history)
    return frozenset(deed for used in _agreed(history) for deed in _deeds(used) if _fits(said, deed))


def agreed_calls(history: Sequence[HistoryItem]) -> list[ToolUsed]:
    """The calls to make for the yes that the message to answer is, each deed once; none where it is no yes.

    A model may have asked for the same twice, and both were held back.
    """
    calls: list[ToolUsed] = []
    seen: set[Deed] = set()
    for used in _agreed(history):
        deeds = set(_deeds(used))
        if not deeds <= seen:
            calls.append(used)
            seen |= deeds
    return calls


def _agreed(history: Sequence[HistoryItem]) -> list[ToolUsed]:
    said, earlier = _last_message(history)
    if read_consent(said) is not Consent.YES:
        return []
    return [item for item in earlier if isinstance(item, ToolUsed) and awaits_confirmation(item)]


def _fits(said: str, deed: Deed) -> bool:
    """Whether a yes that names what to do names this: "sure, complete them" deletes nothing."""
    if removes(said):
        return deed.tool in REMOVING
    return deed.tool not in REMOVING or _OTHER_DEEDS.search(said) is None


def awaits_confirmation(used: ToolUsed) -> bool:
    """Whether a call was held back until the user says yes."""
    return used.is_error and str(used.result).endswith(f"({CONFIRMATION_REQUIRED})")


def _deeds(used: ToolUsed) -> tuple[Deed, ...]:
    try:
        return Call.read(used.tool, used.arguments).deeds()
    except UnreadableCall:
        return ()

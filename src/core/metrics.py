"""What the rooms count; without `METRICS_TOKEN` nothing is."""

from src.core.current_request import current_request


def limit_refused(name: str) -> None:
    """Count a request that a limit refused, by the limit's name, which is one of few."""
    request = current_request.get()
    if request is not None and request.metrics is not None:
        request.metrics.limit_refused(name)


def turn_ended(outcome: str, provider: str | None, tokens_in: int, tokens_out: int) -> None:
    """Count a chat turn, and the tokens it took."""
    request = current_request.get()
    if request is not None and request.metrics is not None:
        request.metrics.turn_ended(outcome, provider, tokens_in, tokens_out)


def tool_called(tool: str, outcome: str) -> None:
    """Count a call of one of the tools there are."""
    request = current_request.get()
    if request is not None and request.metrics is not None:
        request.metrics.tool_called(tool, outcome)

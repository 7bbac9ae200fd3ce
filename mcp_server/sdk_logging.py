"""Logging is set up before the SDK is loaded, and stays as it is."""

from mcp.server.mcpserver import server


def keep_sdk_from_logging() -> None:
    """Let the SDK make no handler of its own: the root has ours, so Rich, 3 MB, would be loaded for nothing.

    The SDK has no setting for it; `tests/test_loading.py` tells when it looks for another function.
    """
    server.configure_logging = _leave_as_it_is  # type: ignore[attr-defined, assignment] # Not its public name.


def _leave_as_it_is(level: str) -> None:
    del level

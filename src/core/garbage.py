"""Garbage collection that leaves alone what stays."""

import gc

_THRESHOLDS = (50_000, 10, 10)
"""How many new objects, and how many rounds, until each generation is looked through."""


def keep_what_is_loaded() -> None:
    """Look no more at what the process has loaded so far, and less often at what comes.

    Once the chat stack is loaded, looking through everything stops all requests for a tenth of a second, and
    Python would do it every few dozen turns.
    """
    gc.freeze()
    gc.set_threshold(*_THRESHOLDS)

"""Garbage collection that leaves alone what stays."""

import gc

_THRESHOLDS = (10_000, 4, 10)
"""How many new objects, and how many rounds, until each generation is looked through.

Turns leave cycles that outlive the first round while they are under way; looked for every fourth round they
take 12 MB at sixteen turns at once, and every twentieth round they took 34.
"""


def keep_what_is_loaded() -> None:
    """Look no more at what the process has loaded so far, and less often at what comes.

    Once the chat stack is loaded, looking through everything stops all requests for a tenth of a second, and
    Python would do it every few dozen turns.
    """
    gc.freeze()
    gc.set_threshold(*_THRESHOLDS)

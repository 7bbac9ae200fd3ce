"""The Todo AI backend."""

import gc

# A start makes a million objects and hardly any garbage: looking through them again and again would be a
# tenth of it. What serves sets a rhythm of its own (`src.core.garbage`).
gc.set_threshold(400_000, 20, 10)

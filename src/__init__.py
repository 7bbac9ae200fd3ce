"""The Todo AI backend."""

import gc
import os
import sys

# A start makes a million objects and hardly any garbage: looking through them again and again would be a
# tenth of it. What serves sets a rhythm of its own (`src.core.garbage`).
gc.set_threshold(400_000, 20, 10)

# Neither is there to be found, and the search is another twentieth: pydantic's for plugins in every package
# that is installed, FastAPI's for models of pydantic 1.
os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")
sys.modules["pydantic.v1"] = None  # type: ignore[assignment]

"""The built-in model: reads English by rules and works through the same tools as any other model."""

from src.assistant.local_model.model import LocalModel

__all__ = ["LocalModel"]

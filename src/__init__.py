"""The Todo AI backend."""

"""Folders of a bench's own."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def temporary_folder() -> Iterator[Path]:
    """A folder that is gone afterwards, with the database in it.

    As root that runs as another user. Where this one cannot get in, the data lies elsewhere, and stays.
    """
    with tempfile.TemporaryDirectory(prefix="todo-bench-") as folder:
        Path(folder).chmod(0o711)
        yield Path(folder)

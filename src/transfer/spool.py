"""A file put aside until it is fetched: what a slow client reads holds no database connection."""

import tempfile
import zlib
from collections.abc import Iterator
from types import TracebackType
from typing import Self

_IN_MEMORY = 4 * 1024 * 1024
_CHUNK = 64 * 1024
_GZIP = 31
"""zlib's window of 15 bits, wrapped as gzip (RFC 1952)."""


class Spool:
    """Bytes kept compressed: in memory while they are few, on disk beyond."""

    def __init__(self) -> None:
        # Closed by `close`: it outlives every block that could hold it.
        self._file = tempfile.SpooledTemporaryFile(max_size=_IN_MEMORY)  # noqa: SIM115 - see above.
        self._compressor = zlib.compressobj(level=1, wbits=_GZIP)

    def write(self, chunk: bytes) -> None:
        self._file.write(self._compressor.compress(chunk))

    def finish(self) -> None:
        """Complete what was written, so that it can be read."""
        self._file.write(self._compressor.flush())
        self._file.seek(0)

    def close(self) -> None:
        self._file.close()

    def compressed(self) -> Iterator[bytes]:
        """The content as gzip, once; the file is gone when it was read or given up."""
        with self._file:
            while chunk := self._file.read(_CHUNK):
                yield chunk

    def plain(self) -> Iterator[bytes]:
        """The content as it was written, once; the file is gone when it was read or given up."""
        decompressor = zlib.decompressobj(wbits=_GZIP)
        for chunk in self.compressed():
            waiting = chunk
            while waiting:
                yield decompressor.decompress(waiting, _CHUNK)
                waiting = decompressor.unconsumed_tail

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if error is not None:
            self.close()

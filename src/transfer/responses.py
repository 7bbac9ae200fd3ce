"""Files as answers: packed for clients that unpack them."""

from typing import Annotated

from fastapi import Header
from starlette.responses import StreamingResponse

from src.transfer.spool import Spool

AcceptEncoding = Annotated[str, Header(include_in_schema=False)]


def file_response(
    spool: Spool, media_type: str, accept_encoding: str, headers: dict[str, str]
) -> StreamingResponse:
    """A file put aside, as a stream."""
    if not _takes_gzip(accept_encoding):
        packing = {"Vary": "Accept-Encoding"}
        return StreamingResponse(spool.plain(), media_type=media_type, headers=headers | packing)
    packing = {"Vary": "Accept-Encoding", "Content-Encoding": "gzip"}
    return StreamingResponse(spool.compressed(), media_type=media_type, headers=headers | packing)


def _takes_gzip(accept_encoding: str) -> bool:
    """RFC 9110 §12.5.3: `gzip` is named, and not with the weight 0."""
    for part in accept_encoding.lower().split(","):
        name, _, weight = part.partition(";")
        if name.strip() == "gzip":
            return weight.strip().removeprefix("q=").strip("0.") != "" or not weight
    return False

"""How a picture is sent: private to its caller, and only if it changed."""

import hashlib

from fastapi import Response

_HEADERS = {
    "Cache-Control": "private, max-age=0, must-revalidate",
    "Vary": "Authorization, Cookie, X-Timezone",
}


def picture_response(svg: str, if_none_match: str | None) -> Response:
    """The picture, or 304 where the client's copy is still right (RFC 9110 §13.1.2)."""
    etag = f'"{hashlib.sha256(svg.encode()).hexdigest()[:32]}"'
    headers = _HEADERS | {"ETag": etag}
    known = {tag.strip().removeprefix("W/") for tag in (if_none_match or "").split(",")}
    if known & {etag, "*"}:
        return Response(status_code=304, headers=headers)
    return Response(svg, media_type="image/svg+xml", headers=headers)

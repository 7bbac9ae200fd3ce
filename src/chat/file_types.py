"""Which files may be sent along with a message, and what their bytes say they are."""

import re

LARGEST_FILE = 10 * 1024 * 1024
"""Bytes."""

IMAGE_TYPES = ("image/png", "image/jpeg", "image/webp", "image/gif")
_TEXT_TYPES = frozenset(
    {
        "application/json",
        "application/toml",
        "application/x-ndjson",
        "application/x-yaml",
        "application/xml",
        "application/yaml",
    }
)
# Bytes that no text has: the control characters but tab, line feed, form feed and carriage return.
_BINARY = re.compile(rb"[\x00-\x08\x0b\x0e-\x1a\x1c-\x1f]")


def media_type(mime_type: str) -> str:
    """The type alone, in lower case, without parameters such as a charset (RFC 9110, 8.3.1)."""
    return mime_type.partition(";")[0].strip().lower()


def is_text_type(mime_type: str) -> bool:
    """Whether a media type, as `media_type` gives it, is that of a text file."""
    return mime_type.startswith("text/") or mime_type in _TEXT_TYPES


def sniffed_type(content: bytes) -> str | None:
    """The media type that the first bytes show (WHATWG MIME Sniffing, 6.1): an image's, or `text/plain`.

    None where they are neither an image that is taken here nor text in UTF-8.
    """
    if content.startswith(b"\x89PNG\r\n\x1a\n"):
        return "image/png"
    if content.startswith(b"\xff\xd8\xff"):
        return "image/jpeg"
    if content.startswith((b"GIF87a", b"GIF89a")):
        return "image/gif"
    if content[:4] == b"RIFF" and content[8:12] == b"WEBP":
        return "image/webp"
    return "text/plain" if _is_text(content) else None


def _is_text(content: bytes) -> bool:
    if _BINARY.search(content):
        return False
    try:
        content.decode()
    except UnicodeDecodeError:
        return False
    return True

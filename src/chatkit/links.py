"""Links to files, signed for a while: a page that shows a picture sends no header for it."""

import base64
import hashlib
import hmac
import re
from dataclasses import dataclass
from datetime import datetime

from pydantic import AnyUrl

LIVES_SECONDS = 600
LONGEST_TICKET = 1500
_TICKET = re.compile(
    r"(?P<claims>(?P<until>[0-9]{1,12})\.(?P<owner>[A-Za-z0-9_-]+))\.(?P<mac>[A-Za-z0-9_-]{43})"
)


@dataclass(frozen=True, slots=True)
class FileLinks:
    """Where one user finds their files from an instant on."""

    base_url: str
    """Where clients reach this service, without a slash at the end."""
    key: bytes
    owner: str
    now: datetime

    def address(self, attachment_id: str) -> AnyUrl:
        """Where a file is sent to, and read with a credential."""
        return AnyUrl(f"{self.base_url}/api/chatkit/attachments/{attachment_id}")

    def preview(self, attachment_id: str) -> AnyUrl:
        """Where whoever has this link reads the file for ten minutes."""
        until = int(self.now.timestamp()) + LIVES_SECONDS
        claims = f"{until}.{_base64url(self.owner.encode())}"
        return AnyUrl(
            f"{self.address(attachment_id)}?ticket={claims}.{_mac(self.key, claims, attachment_id)}"
        )


def owner_in(ticket: str, attachment_id: str, key: bytes, now: datetime) -> str | None:
    """Whose file a link opens at an instant; None where it is altered, another file's or over."""
    parts = _TICKET.fullmatch(ticket)
    if parts is None or not hmac.compare_digest(_mac(key, parts["claims"], attachment_id), parts["mac"]):
        return None
    if int(parts["until"]) <= now.timestamp():
        return None
    return base64.urlsafe_b64decode(parts["owner"] + "=" * (-len(parts["owner"]) % 4)).decode()


def link_key(service_key: bytes) -> bytes:
    """What links are signed with: nothing else that the service signs passes for one."""
    return hashlib.sha256(b"file link:" + service_key).digest()


def _mac(key: bytes, claims: str, attachment_id: str) -> str:
    return _base64url(hmac.digest(key, f"{claims}.{attachment_id}".encode(), hashlib.sha256))


def _base64url(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()

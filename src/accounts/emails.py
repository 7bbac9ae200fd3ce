"""Email addresses in the one form in which they are compared."""

import re
import unicodedata

from src.accounts.errors import InvalidEmail

_MOST_CHARACTERS = 254
_MOST_IN_LOCAL_PART = 64
_MOST_IN_LABEL = 63
_ATOM = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+")
_LABEL = re.compile(r"[a-z0-9]([a-z0-9-]*[a-z0-9])?")


def normalised_email(text: str) -> str:
    """An address as it is stored and compared: without surrounding spaces, composed, in small letters.

    Dots and `+tags` are kept, since whose they are differs by provider. An internationalised domain and its
    `xn--` spelling are one; quoted local parts, comments and domains without a dot are not taken.
    RFC 5321 §4.5.3.1 and §4.1.2, RFC 6531 §3.3, RFC 1035 §2.3.4.

    Raises:
        InvalidEmail: it is no address, or longer than any.
    """
    text = text.strip()
    local, at, domain = text.rpartition("@")
    if not at:
        raise InvalidEmail("An email has the form name@example.com.")
    if len(text) > _MOST_CHARACTERS:
        raise InvalidEmail(f"An email has at most {_MOST_CHARACTERS} characters.")
    email = f"{_local_part(local)}@{_domain(domain)}"
    if len(email.encode()) > _MOST_CHARACTERS:
        raise InvalidEmail(f"An email has at most {_MOST_CHARACTERS} characters.")
    return email


def _local_part(text: str) -> str:
    # Once more composed, since small letters may compose where capitals did not.
    local = unicodedata.normalize("NFC", unicodedata.normalize("NFC", text).lower())
    if not all(_is_atom(atom) for atom in local.split(".")):
        raise InvalidEmail("What stands before the @ of an email is a name without spaces or quotes.")
    if len(local.encode()) > _MOST_IN_LOCAL_PART:
        raise InvalidEmail(f"What stands before the @ has at most {_MOST_IN_LOCAL_PART} characters.")
    return local


def _is_atom(text: str) -> bool:
    return text != "" and all(
        character.isprintable() and not character.isspace()
        if character > "\x7f"
        else _ATOM.fullmatch(character)
        for character in text
    )


def _domain(text: str) -> str:
    domain = unicodedata.normalize("NFKC", text).lower()
    try:
        ascii_domain = domain.encode("idna").decode("ascii").lower()
        domain = ascii_domain.encode("ascii").decode("idna")
    except UnicodeError:
        ascii_domain = ""
    labels = ascii_domain.split(".")
    if len(labels) < 2 or labels[-1].isdigit() or not all(_is_label(label) for label in labels):
        raise InvalidEmail("What stands behind the @ of an email is a domain, such as example.com.")
    return domain


def _is_label(text: str) -> bool:
    return len(text) <= _MOST_IN_LABEL and _LABEL.fullmatch(text) is not None

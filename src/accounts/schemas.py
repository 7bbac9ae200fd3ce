"""Accounts as clients write and read them."""

from typing import Annotated, Literal

from pydantic import BaseModel, Field, StringConstraints

from src.core.schemas import Instant, RequestModel

Email = Annotated[str, Field(max_length=320, examples=["ada@example.com"])]
NewPassword = Annotated[
    str,
    Field(
        max_length=1024,
        description="8 to 128 characters; not your email or name, and none that is tried first.",
        examples=["a quiet harbour at dusk"],
    ),
]
Password = Annotated[str, Field(max_length=1024, examples=["a quiet harbour at dusk"])]
Name = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=100)]


class SignUp(RequestModel):
    """Whom to make an account for."""

    email: Email = Field(examples=["grace@example.com"])
    password: NewPassword = Field(repr=False)


class Registration(RequestModel):
    """Whom to make an account for, and how to call them."""

    email: Email
    password: NewPassword = Field(repr=False)
    name: Name = Field(examples=["Ada Lovelace"])


class SignIn(RequestModel):
    """Who is signing in."""

    email: Email
    password: Password = Field(repr=False)


class ProfileUpdate(RequestModel):
    """What to change; a new email needs the present password."""

    name: Name | None = Field(default=None, examples=["Ada King"])
    email: Email | None = None
    current_password: Password | None = Field(default=None, repr=False)


class PasswordChange(RequestModel):
    """The present password and the next."""

    current_password: Password = Field(repr=False)
    new_password: NewPassword = Field(repr=False, examples=["a louder harbour at dawn"])


class AccountDeletion(RequestModel):
    """The password, to be sure."""

    password: Password = Field(repr=False)


class TokenToVerify(RequestModel):
    """A token to look at."""

    token: str = Field(repr=False, examples=["eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJhZGEifQ.c2lnbmF0dXJl"])


class AccountRead(BaseModel):
    """Somebody with an account; of users who signed in elsewhere only what their token says."""

    id: str
    email: str | None
    name: str | None = None
    created_at: Instant | None = None


class SignedIn(BaseModel):
    """A token to send as `Authorization: Bearer …` from now on."""

    access_token: str
    token_type: Literal["bearer"] = "bearer"  # noqa: S105 - it is no token.
    expires_in: int = Field(description="Seconds.")
    user: AccountRead


class SignedOut(BaseModel):
    """The token is dead."""

    success: Literal[True] = True
    message: str = "You are signed out."


class TokenStatus(BaseModel):
    """Whether a token is accepted, and for whom."""

    valid: bool
    user_id: str | None = None
    email: str | None = None
    expires_at: Instant | None = Field(default=None, description="null where it lives until it is revoked.")

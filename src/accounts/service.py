"""What can be done with accounts."""

import secrets
import string
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import uuid4

from src.accounts.attempts import Attempts
from src.accounts.emails import normalised_email
from src.accounts.erasure_repository import ErasureRepository
from src.accounts.errors import (
    EmailTaken,
    InvalidCredentials,
    NoAccount,
    PasswordJustChanged,
    WrongPassword,
)
from src.accounts.password_rules import require_strong
from src.accounts.passwords import Passwords
from src.accounts.repository import AccountDirectory, AccountRepository
from src.accounts.schemas import AccountRead, PasswordChange, ProfileUpdate, SignedIn
from src.accounts.sessions import session_id_of
from src.auth.account_tokens import account_token
from src.auth.identity import CredentialKind, Identity
from src.core.database import Database, Executor, Row
from src.core.errors import InvalidInput

_ID_CHARACTERS = string.ascii_letters + string.digits
_ID_LENGTH = 32


class Accounts:
    """What all requests about accounts share."""

    def __init__(self, database: Database, *, secret: str, lifetime: timedelta) -> None:
        self.database = database
        self.passwords = Passwords()
        self.attempts = Attempts(database)
        self.lifetime = lifetime
        self.secret = secret


@dataclass(frozen=True, slots=True)
class Visit:
    """From where a request comes, and when."""

    address: str
    now: datetime


class AccountDesk:
    """Serves those who are not signed in yet."""

    def __init__(self, accounts: Accounts, visit: Visit) -> None:
        self._accounts = accounts
        self._visit = visit

    async def sign_up(self, email: str, password: str, name: str | None) -> SignedIn:
        """Make an account and sign in.

        Raises:
            InvalidEmail: the text is no email address.
            WeakPassword: the password would be guessed.
            RateLimitExceeded: this address signed up too many lately.
            EmailTaken: there is an account with this email.
        """
        email, now = normalised_email(email), self._visit.now
        require_strong(password, email=email, name=name)
        await self._accounts.attempts.sign_up(self._visit.address, now)
        password_hash = await self._accounts.passwords.hashed(password)
        async with self._accounts.database.transaction() as transaction:
            account = await AccountDirectory(transaction).create(
                _new_id(), email=email, name=name, password_hash=password_hash, now=now
            )
            if account is None:
                raise EmailTaken
            return await begin_session(transaction, self._accounts, account, password_hash, now)

    async def sign_in(self, email: str, password: str) -> SignedIn:
        """Begin a session; a hash of another maker is replaced by one of ours.

        Raises:
            InvalidEmail: the text is no email address.
            InvalidCredentials: no account has this email, or it has another password.
            RateLimitExceeded: too many passwords were wrong lately.
        """
        email = normalised_email(email)
        async with self._accounts.attempts.password(email, self._visit.address, self._visit.now):
            try:
                return await self._begin(email, password)
            except PasswordJustChanged:
                return await self._begin(email, password)  # It may be the same one, in a better hash.

    async def _begin(self, email: str, password: str) -> SignedIn:
        database, now = self._accounts.database, self._visit.now
        account = await AccountDirectory(database).find(email)
        is_right, better_hash = await self._accounts.passwords.verify(
            password, account["password_hash"] if account else None
        )
        if account is None or not is_right:
            raise InvalidCredentials
        signed_in = await begin_session(database, self._accounts, account, account["password_hash"], now)
        repository = AccountRepository(database, account["user_id"])
        if better_hash is not None:
            await repository.change_hash(account["password_hash"], better_hash, now)
        await repository.forget_expired_sessions(now)
        return signed_in


class AccountService:
    """Serves one user who is signed in, by whichever credential."""

    def __init__(self, accounts: Accounts, identity: Identity, visit: Visit) -> None:
        self._accounts = accounts
        self._identity = identity
        self._visit = visit
        self._repository = AccountRepository(accounts.database, identity.user_id)

    async def profile(self) -> AccountRead:
        """The account; of those who signed in elsewhere what their credential says."""
        account = await self._repository.get()
        if account is None:
            return AccountRead(id=self._identity.user_id, email=self._identity.email)
        return _read(account)

    async def update(self, change: ProfileUpdate) -> AccountRead:
        """Change the name, or the email by the present password.

        Raises:
            NoAccount: the caller has no account here.
            InvalidEmail: the text is no email address.
            WrongPassword: the email changes, and the password is not the present one.
            EmailTaken: another account has the email.
        """
        account, given = await self._own_account(), change.given()
        name = given.get("name", account["name"])
        email = normalised_email(change.email) if change.email is not None else account["email"]
        if email == account["email"]:
            return _read(await self._repository.rename(name, self._visit.now) or account)
        if change.current_password is None:
            raise InvalidInput("current_password", "A new email needs the present password.")
        await self._prove(account, change.current_password, "current_password")
        changed = await self._repository.change_identity(
            name, email, account["password_hash"], self._visit.now
        )
        return _read(_still_proved(changed, "current_password"))

    async def change_password(self, change: PasswordChange) -> SignedIn:
        """Take another password; every session ends, and a new one begins.

        Raises:
            NoAccount: the caller has no account here.
            WeakPassword: the new password would be guessed.
            WrongPassword: the present password is another.
        """
        account, now, field = await self._own_account(), self._visit.now, "current_password"
        require_strong(
            change.new_password, email=account["email"], name=account["name"], field="new_password"
        )
        await self._prove(account, change.current_password, field)
        new_hash = await self._accounts.passwords.hashed(change.new_password)
        async with self._accounts.database.transaction() as transaction:
            repository = AccountRepository(transaction, account["user_id"])
            changed = await repository.change_hash(account["password_hash"], new_hash, now)
            account = _still_proved(changed, field)
            await repository.end_sessions()
            return await begin_session(transaction, self._accounts, account, new_hash, now)

    async def sign_out(self) -> None:
        """End the session that the token is of; raises `NoAccount`."""
        session_id = session_id_of(self._identity.token_id or "")
        if self._identity.kind is not CredentialKind.ACCOUNT_TOKEN or session_id is None:
            raise NoAccount
        await self._repository.end_session(session_id)

    async def delete(self, password: str) -> None:
        """Delete the account and everything of its user.

        Raises:
            NoAccount: the caller has no account here.
            WrongPassword: the password is another.
        """
        account = await self._own_account()
        await self._prove(account, password, "password")
        erasure = ErasureRepository(self._accounts.database, account["user_id"])
        if not await erasure.erase(account["password_hash"]):
            raise WrongPassword("password")

    async def _own_account(self) -> Row:
        account = await self._repository.get()
        if self._identity.kind is not CredentialKind.ACCOUNT_TOKEN or account is None:
            raise NoAccount
        return account

    async def _prove(self, account: Row, password: str, field: str) -> None:
        """Raise `WrongPassword` unless it is the present one; guesses count like those of signing in."""
        async with self._accounts.attempts.password(account["email"], self._visit.address, self._visit.now):
            is_right, _ = await self._accounts.passwords.verify(password, account["password_hash"])
            if not is_right:
                raise WrongPassword(field)


async def begin_session(
    executor: Executor, accounts: Accounts, account: Row, password_hash: str, now: datetime
) -> SignedIn:
    """A new token; raises `PasswordJustChanged` where the hash is no longer the one that was checked."""
    session_id, expires_at = uuid4(), now + accounts.lifetime
    repository = AccountRepository(executor, account["user_id"])
    if not await repository.begin_session(session_id, password_hash, now, expires_at):
        raise PasswordJustChanged
    token = account_token(
        accounts.secret,
        user_id=account["user_id"],
        email=account["email"],
        token_id=str(session_id),
        issued_at=now,
        expires_at=expires_at,
    )
    return SignedIn(
        access_token=token, expires_in=int(accounts.lifetime.total_seconds()), user=_read(account)
    )


def _still_proved(account: Row | None, field: str) -> Row:
    if account is None:
        raise WrongPassword(field)
    return account


def _read(account: Row) -> AccountRead:
    return AccountRead(
        id=account["user_id"], email=account["email"], name=account["name"], created_at=account["created_at"]
    )


def _new_id() -> str:
    """An id like those that Better Auth gives."""
    return "".join(secrets.choice(_ID_CHARACTERS) for _ in range(_ID_LENGTH))

"""What can go wrong with accounts."""

from src.core.errors import DomainError, ErrorKind, Forbidden, InvalidInput, ServiceUnavailable


class InvalidEmail(InvalidInput):
    """The text is no email address."""

    code = "invalid_email"

    def __init__(self, reason: str) -> None:
        super().__init__("email", reason)


class WeakPassword(InvalidInput):
    """The password would be guessed."""

    code = "weak_password"

    def __init__(self, field: str, reason: str) -> None:
        super().__init__(field, reason)


class WrongPassword(InvalidInput):
    """The password that was to prove who is asking is not theirs."""

    code = "wrong_password"

    def __init__(self, field: str) -> None:
        super().__init__(field, "This is not your present password.")


class EmailTaken(DomainError):
    """Another account has this email."""

    kind = ErrorKind.CONFLICT
    code = "email_taken"

    def __init__(self) -> None:
        super().__init__("There is an account with this email already; sign in instead.")


class InvalidCredentials(DomainError):
    """No account has this email, or it has another password: nobody is told which."""

    kind = ErrorKind.UNAUTHENTICATED
    code = "invalid_credentials"

    def __init__(self) -> None:
        super().__init__("The email or the password is wrong.")


class PasswordJustChanged(InvalidCredentials):
    """The password was right, and is no longer."""


class NoAccount(Forbidden):
    """The caller signed in elsewhere, or with a token that is not an account's own."""

    code = "no_account"

    def __init__(self) -> None:
        super().__init__("This needs the token of an account, as `POST /api/auth/login` gives it.")


class PasswordsBusy(ServiceUnavailable):
    """More passwords are being checked than this process has memory for."""

    code = "passwords_busy"

    def __init__(self) -> None:
        super().__init__("Too many people are signing in at once; try again.", retry_after=5)


class AccountBusy(ServiceUnavailable):
    """Something is being written for the user all the time."""

    code = "account_busy"

    def __init__(self) -> None:
        super().__init__("Something is still being written for you; try again.", retry_after=5)

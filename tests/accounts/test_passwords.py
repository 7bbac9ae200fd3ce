"""Hashes: new ones by Argon2id, those of other makers read, a few at a time."""

import asyncio

import bcrypt
import pytest
from argon2 import Type, extract_parameters

from src.accounts.errors import PasswordsBusy
from src.accounts.passwords import Passwords

# Made by Node's own crypto.scrypt, as Better Auth calls it: N 16384, r 16, p 1, 64 bytes, the salt as text.
BETTER_AUTHS = (
    "00112233445566778899aabbccddeeff:"
    "6fd2cb4d9a9734e2bc67da011431c66960b7f8db625e207c015c07a0fe3668a8"
    "e5d9e1deb5e00c5a5c41f3ea5ce062c2d4fdfe1525d330e0c387e389ea693d3f"
)


@pytest.fixture
def passwords() -> Passwords:
    return Passwords()


async def test_a_new_hash_is_argon2id_with_the_memory_that_rfc_9106_recommends(passwords: Passwords) -> None:
    parameters = extract_parameters(await passwords.hashed("a quiet harbour"))

    assert (parameters.type, parameters.time_cost, parameters.memory_cost, parameters.parallelism) == (
        Type.ID,
        3,
        65536,
        4,
    )


async def test_a_password_is_known_again_however_it_is_composed(passwords: Passwords) -> None:
    kept = await passwords.hashed("ﬁn\u00e4")

    assert await passwords.verify("fina\u0308", kept) == (True, None)
    assert await passwords.verify("fina", kept) == (False, None)


async def test_nobodys_hash_costs_what_a_real_one_costs_and_no_password_has_it(passwords: Passwords) -> None:
    real = extract_parameters(await passwords.hashed("a quiet harbour"))

    assert extract_parameters(passwords._hash_of_nobody) == real
    assert await passwords.verify("nobody's", None) == (False, None)


@pytest.mark.parametrize("rounds", [4, 12])
@pytest.mark.parametrize("prefix", [b"2a", b"2b"])
async def test_bcrypt_is_read_and_replaced(passwords: Passwords, rounds: int, prefix: bytes) -> None:
    kept = bcrypt.hashpw(b"a quiet harbour", bcrypt.gensalt(rounds, prefix)).decode()

    is_right, better = await passwords.verify("a quiet harbour", kept)

    assert is_right
    assert better is not None
    assert await passwords.verify("a quiet harbour", better) == (True, None)
    assert await passwords.verify("a loud harbour", kept) == (False, None)


async def test_bcrypt_of_a_password_beyond_its_72_bytes_is_read_and_the_new_hash_holds_all_of_it(
    passwords: Passwords,
) -> None:
    long = "ü" * 60
    kept = bcrypt.hashpw(long.encode()[:72], bcrypt.gensalt(4)).decode()

    is_right, better = await passwords.verify(long, kept)

    assert is_right
    assert await passwords.verify(long, better) == (True, None)
    assert await passwords.verify("ü" * 36, better) == (False, None)


async def test_better_auths_scrypt_is_read_and_replaced(passwords: Passwords) -> None:
    is_right, better = await passwords.verify("pass w\u00f6rd ﬁ", BETTER_AUTHS)

    assert is_right
    assert better is not None
    assert better.startswith("$argon2id$")
    assert await passwords.verify("pass word fi", BETTER_AUTHS) == (False, None)


@pytest.mark.parametrize("kept", ["", "x", "$2b$12$short", "$argon2id$broken", "aa:bb", "a quiet harbour"])
async def test_what_is_no_hash_lets_nobody_in(passwords: Passwords, kept: str) -> None:
    assert await passwords.verify("a quiet harbour", kept) == (False, None)


async def test_who_waits_too_long_for_a_turn_is_told_to_come_back() -> None:
    impatient = Passwords(wait_seconds=0)

    outcomes = await asyncio.gather(*(impatient.verify("x", None) for _ in range(6)), return_exceptions=True)

    refused = [each for each in outcomes if isinstance(each, PasswordsBusy)]
    assert len(refused) == 4
    assert refused[0].retry_after == 5

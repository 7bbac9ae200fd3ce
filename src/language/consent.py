"""Whether a message is a plain yes or a plain no. Pure; English, with the plain words of other languages."""

# ruff: noqa: RUF001 - words of other alphabets are what these tables are for.

import re
from enum import StrEnum


class Consent(StrEnum):
    """How a message answers "shall I?"."""

    YES = "yes"
    NO = "no"
    NEITHER = "neither"


_YES = r"""(?: yes+ | yep | yeah | yup | yea | ya | y | sure(?: \s thing)? | ok(?:ay)? | k | fine
    | confirm(?:ed)? | i \s confirm | do (?:\s (?:it|that|so|them|this))?
    | go \s (?:ahead|for \s it|on) | proceed | continue
    | absolutely | definitely | certainly | of \s course | affirmative | agreed | correct | exactly | right
    | (?: that | it ) (?: \s is | 's ) \s (?: right | correct | fine | ok(?:ay)? ) | sounds \s good
    | i (?: \s am | 'm ) \s sure | i \s do | you \s may | make \s it \s so | aye
    | ja | jawohl | klar | genau | mach \s (?:das|es) | s[ií] | claro | vale | hazlo | oui | d'accord
    | bien \s sûr | vas \s y | certo | va \s bene | sim | isso | tak | ano | evet | tamam | da | да | так
    | ok[eé] | jo | kyllä | igen | ναι | haan | han | ji(?: \s haan)? | theek \s hai
    | हाँ | हां | जी | ہاں | جی
    | نعم | أجل | はい | ええ | お願いします | 是 | 是的 | 好 | 好的 | 可以 | 对 | 네 | 예 | 응 | 👍 | ✅ )"""
_DEEDS = r"""(?: delete | remove | erase | clear | wipe | cancel | complete | finish | close | check | tick
    | mark | update | change | move | skip | stop | reschedule | postpone | add )"""
_SAME = r"""(?: (?: all (?:\s of)? \s )? (?: them | those | these | it | that | everything | both )
    (?: \s all )? (?: \s off )? (?: \s (?: as \s )? (?: done | complete[d]? | finished ))?
    | all | all \s (?: \d+ | two | three | four | five | six | seven | eight | nine | ten | twelve )
    | (?: all \s )? (?: the | my ) \s tasks )"""
_BESIDE = r"""(?: please | pls | thanks | thank \s you | now | then | just | and | bitte | por \s favor
    | s'il (?: \s te | \s vous ) \s pla[iî]t | per \s favore | sir | alexa )"""
_NO = r"""(?: no+ | nope | nah | n | not | don't | do \s not | never \s?mind | rather \s not | nein | nicht
    | non | nee | nej | não | nie | hayır | нет | не | όχι | nahi+n? | नहीं | نہیں | لا | いいえ | いや
    | 不 | 别 | 아니 | 아니요 | 👎 )"""
_HALT = r"""(?: stop | cancel | wait | hold \s on | leave | keep | forget | skip ) (?: \s (?: it | that
    | this | them | those | everything | all | alone | there | now | please ))*"""

_IS_YES = re.compile(
    rf"^(?: {_BESIDE} \s )* {_YES} (?: \s (?: {_YES} | {_BESIDE} | {_DEEDS} \s {_SAME} | {_SAME} ))* $", re.X
)
_STARTS_YES = re.compile(rf"^(?: {_BESIDE} \s )* {_YES} (?!\w)", re.X)
_IS_NO = re.compile(rf"^(?: {_BESIDE} \s )* (?: {_NO} (?!\w) | {_HALT} $ )", re.X)
_RESERVED = re.compile(
    r"\b(?:but|except|only|not|don't|without|unless|instead|however|wait|aber|nur|nicht|außer|pero|solo"
    r"|excepto|mais|sauf|seulement|ma|tranne|mas|exceto|но|кроме|只|但|以外|だけ|لكن|مگر|लेकिन|lekin|magar)\b"
)
_LONGEST = 200


def read_consent(text: str) -> Consent:
    """A yes is nothing but a yes: "yes, delete them all" is one, "yes, but keep the first" is a no.

    What is neither, such as a question or another order, is `NEITHER`. Never raises.
    """
    if len(text) > _LONGEST:
        return Consent.NEITHER
    plain = _plain(text)
    if _IS_YES.match(plain):
        return Consent.YES
    if _IS_NO.match(plain) or (_STARTS_YES.match(plain) and _RESERVED.search(plain)):
        return Consent.NO
    return Consent.NEITHER


def _plain(text: str) -> str:
    """Lower case, straight apostrophes, and single spaces for all other punctuation but a question mark."""
    straight = re.sub(r"[\u2018\u2019`´]", "'", text.casefold())
    return " ".join(re.sub(r"[\s,.;:!…。、！，\"“”()—–-]+", " ", straight).split())

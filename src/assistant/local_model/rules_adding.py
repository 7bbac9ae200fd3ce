"""Orders to add and to be reminded, in all their dress."""

import re

from src.assistant.local_model import words
from src.assistant.local_model.rules import (
    CONTAINER,
    GATHERING,
    OCCASION,
    Intent,
    Rule,
    Said,
    about_tasks_at_home,
    dated_at_home,
    is_needed,
    rule,
)

_ADDS = (
    r"(?:add|adding|append|put|include|insert|enter|note|record|write down|jot down|log|place|throw"
    r"|re-?add|save|mark|plug in|stick|flag|block(?: off)?)"
)

REMINDERS: tuple[Rule, ...] = (
    rule(
        Intent.LIST,
        r"\bremind me (?:of |about )?(?:what (?:i|is|are|was|were|my|do|to)(?! am doing)|which"
        r"|how many|the (?:date|time|place|location) of|all|everything|where|when is)\b",
    ),
    rule(
        Intent.LIST,
        r"\brefresh my memory\b|\b(?:wanted|want|asked|told) (?:you )?to (?:help me )?(?:remember"
        r"|remind)\b|\bi (?:want|wanted|need|needed) to remember\b"
        r"|\bthings? to remember\b(?!.*\badd\b)|\bask(?:ed)? you to remind\b",
    ),
    rule(
        Intent.LIST,
        r"^(?:what|which|is there|are there|do i|did i|have i|any|how many|show|read|list|tell me"
        r"|give me my|display|check|see|view|hear|know|go through|confirm)\b.*\b(?:reminders?"
        r"|remainders?|reminded)\b(?!.*\b(?:if not|to add)\b)",
    ),
    rule(
        Intent.ADD,
        r"\b(?:remind|remember|alert|notify|ping|nudge) (?:me|us|to|upcoming)\b",
        lambda s: not re.search(r"^(?:did|do|does|what|how)\b", s.core),
    ),
    rule(Intent.ADD, r"\bbe (?:reminded|notified|alerted)\b|\bnot (?:let me )?forget\b"),
    rule(
        Intent.ADD,
        r"\b(?:a|an|me|new|the|set|send|make|add|create|another|latest|need|reminder"
        r"|notification) (?:\w+ ){0,2}(?:reminders?|notifications?)\b|^(?:repeat )?(?:reminder"
        r"|notification|alert)s?\b",
        lambda s: (
            not words.is_question(s.core)
            and not re.search(
                r"^(?:tell|show|read|list|give me (?:my|the|a rundown)|open|find)\b|\bwhat (?:were"
                r"|was|are)\b",
                s.core,
            )
        ),
    ),
    rule(
        Intent.ADD,
        r"^how about (?:a|an) (?:reminder|task|meeting)\b|^set\b.*\b(?:reminder|notification|alert)s?\b",
    ),
    rule(
        Intent.ADD,
        r"^(?:tell|let) me(?: know)? (?:to|in|after|before|the (?:morning|day|night))\b|^(?:tell"
        rf"|let) me(?: know)? when\b.*\b(?:{OCCASION}|leave)\b(?!.*\bis it\b)|^let me know in\b",
    ),
)

_ELSEWHERE = re.compile(
    r"\b(?:playlists?|songs?|newscast|contact|reservations?|phone plan|accounts?|subscription|music|cart)\b"
)


def _elsewhere(said: Said) -> bool:
    return _ELSEWHERE.search(said.core) is not None


def _is_order(said: Said) -> bool:
    return (
        re.match(r"^(?:show|tell|read|list|give|see|know|hear|check|recite|repeat|find)\b", said.core) is None
    )


ADDITIONS: tuple[Rule, ...] = (
    rule(Intent.ADD, r"^(?:to-?do|task|reminder)\s*[:-]\s*\w|^(?:create|add|new) to[\s-]?dos?\b"),
    rule(
        Intent.ADD,
        r"\b(?:added|put|placed|included|noted) (?:to|on|onto|in) (?:my|the|our)\b",
        lambda s: words.names_container(s.core) and not words.is_question(s.core) and _is_order(s),
    ),
    rule(
        Intent.NONE,
        r"\b(?:make|create|generate|give me|get me|show me|tell me|instruct|produce|write) (?:a"
        r"|the) (?:short )?list of (?!my\b|things? (?:to|i)|tasks?|to ?-?dos?|reminders?|chores"
        r"|all (?:events|my|tasks)|events)",
    ),
    rule(
        Intent.LIST,
        r"^(?:did|do|does|has|have|is|are|was|were|am|can you (?:see|check))\b(?!.*\b(?:if not"
        r"|unless|otherwise|(?:please|then) (?:add|put)|not please|, add)\b)(?!.*\b(?:add"
        rf"|put) (?:it|them|that)$).*\b(?:{CONTAINER}|{OCCASION})\b",
        lambda s: not s.foreign() or words.names_container(s.core),
    ),
    rule(
        Intent.ADD,
        rf"^{_ADDS}\b",
        lambda s: (
            words.names_container(s.core)
            and not re.search(r"\b(?:song|newscast|playlist)\b|^put on the screen\b", s.core)
        ),
    ),
    rule(Intent.ADD, rf"^{_ADDS}\b(?! on the screen)", dated_at_home),
    rule(
        Intent.ADD,
        r"^(?:add|append|note|write down|jot down|include|enter|put)\b(?!.*\b(?:to|in|on) (?:my "
        r"|the )?(?:phone|contacts?|account|plan|reservation|kids|chill|jazz|\"kids\"))(?! (?:one"
        r"|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|\d+) (?:and|plus|to) )",
        lambda s: not s.foreign() or (s.core.startswith("add ") and not _elsewhere(s)),
    ),
    rule(
        Intent.ADD,
        r"\b(?:add|put|include)\b(?: (?:it|that|this|them|[\w' -]+))?(?: (?:to|on|in|onto|down|for))?\b",
        lambda s: (
            words.names_container(s.core)
            and not re.match(
                r"^(?:did|have i|what|show|tell|do you|which|read|is it|generate|put on the screen"
                r"|make a list of)\b|\bdid i (?:put|add)\b",
                s.core,
            )
        ),
    ),
    rule(
        Intent.ADD,
        r"\b(?:needs?|need|want|like|should|have|has|is|are)\b.*\b(?:added|put|placed|noted"
        r"|included)\b|\b(?:should|needs to|must) be (?:added|put)\b|\bneed [\w ']+ (?:on|in"
        r"|to) (?:my|the) (?:\w+ )*list\b",
        lambda s: words.names_container(s.core) and not words.is_question(s.core),
    ),
    rule(Intent.ADD, r"^update .*\blist with\b|^take note of\b"),
    rule(
        Intent.NONE,
        r"^(?:schedule|book|make|get|create)\b.*\b(?:reservations?|uber|flights?|hotel|cab|taxi"
        r"|room on|pto|playlist|table for|ad\b|chart|portrait|coffee)\b",
    ),
    rule(
        Intent.ADD,
        r"^(?:create|make(?! sure)|set(?: up)?|start|new|schedule|book|arrange|plan|organi[sz]e|fix"
        r"|post|place|ask|activate|i need|i have|we have|have|need|put|save|give me"
        rf"|note)\b.*\b(?:{CONTAINER}|{OCCASION}|entry|item|catalogue|holiday)\b",
        lambda s: (
            not s.foreign()
            and not re.match(
                r"^i (?:have|need|had) .*\b(?:read|list (?:read|of)|what)\b|^(?:make|give me) (?:my"
                r"|the|all|information|details|a rundown|a list of my)\b|\bwhat were they\b",
                s.core,
            )
        ),
    ),
    rule(Intent.ADD, r"^(?:schedule|book|arrange|plan|set)\b .+", dated_at_home),
    rule(
        Intent.ADD,
        r"^call (?:it )?a meeting\b|^call .* for (?:a )?meeting\b|\bmake a note of it\b"
        r"|\bset notifications?\b|^(?:make|can you make) this (?:event|task) (?:repeti|recur)"
        r"|^list new$|\bnew list$",
    ),
    rule(Intent.ADD, r"\b(?:out of|ran out of|have no)\b.*\b(?:add|put)\b"),
    rule(Intent.ADD, r"^[\w' ]+ (?:on|in) (?:my|the|our) (?:\w+ )*list(?: too| as well)?$", is_needed),
)

BARE: tuple[Rule, ...] = (
    rule(
        Intent.ADD,
        rf"\b(?:{OCCASION})\b",
        lambda s: (
            s.dated()
            and not s.foreign()
            and not words.is_question(s.core)
            and not re.match(r"^(?:show|tell|find|give|read|order|play|turn|send|rent)\b", s.core)
        ),
    ),
    rule(
        Intent.ADD,
        r"^\w+ \w+",
        lambda s: (
            (s.dated() or re.search(rf"\b{GATHERING}\b", s.core) is not None)
            and words.starts_with_chore(s.core)
            and (not s.foreign() or words.repeats(s.core) or s.core.startswith("pay "))
            and not re.match(
                r"^(?:do (?:i|you|we|they)|order|send|get me|text|give me|help|turn|make the|do you"
                r"|try|call me|find)\b",
                s.core,
            )
        ),
    ),
    rule(
        Intent.ADD,
        r"^(?:on |at |this |next )?(?:mon|tues|wednes|thurs|fri|satur|sun)day (?:at )?\S+",
        lambda s: not s.foreign(),
    ),
    rule(
        Intent.ADD,
        r"^(?:a |new |my )?(?:\w+ ){0,3}(?:birthday|baby shower|party|anniversary)$",
        about_tasks_at_home,
    ),
)

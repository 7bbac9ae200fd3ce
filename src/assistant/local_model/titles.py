"""What a task is called, out of the sentence that speaks of it. Pure."""

import re

from src.assistant.local_model import words

_LIST_WORDS = (
    r"(?:to[\s-]?dos?(?: lists?)?|todos?(?: lists?)?|(?:(?:to[\s-]do|(?!(?:from|to|on|in|off|of|for"
    r"|and)\b)\w+) ){0,3}?lists?(?: of (?:things(?: to (?:do|buy|get|remember))?"
    r"|tasks?(?: to complete)?|chores|"
    r"(?:\w+ )?tasks|errands|housework|things i need to \w+))?(?: to do| app)?"
    r"|(?:\w+ )?calend[ae]rs?(?: app)?|schedules?|agenda|notes|(?:\w+ )?reminders?|tasks|chores"
    r"|to list|shopping bag|diary|planner|personal)"
)
_POSSESSIVE = r"(?:(?:my|the|our|your|his|her|a|this|that|\w+'s|\w+ s) )?"
_INTO = re.compile(
    r"\s+(?:down\s+)?(?!to[\s-]dos?\b)(?:to|on|onto|in|into|for|from|off of|off|out of"
    rf"|of)\s+{_POSSESSIVE}{_LIST_WORDS}(?=$|[\s,.!?])(?:\s+(?:too|also|as well|please))*",
    re.I,
)
_INTO_UNSAID = re.compile(
    r"(?<=\w)\s+(?:the|my|our)\s+(?:(?:shopping|grocery|groceries|to[\s-]?do|todo|task|chores?|wish|packing)"
    r"\s+lists?|calendar)$",
    re.I,
)
_IN_FRONT = re.compile(
    rf"^(?:(?:to|on|in|for|from)\s+)?{_POSSESSIVE}{_LIST_WORDS},?\s+(?:i need\s+)?(?=(?:add|put"
    rf"|delete|remove|include|set|{{}})\b)".replace("{}", "erase"),
    re.I,
)
_BARE_LIST = re.compile(
    rf"^(?:{_POSSESSIVE}(?:\w+ )?(?:lists?|calendars?|schedules?|agenda|to[\s-]?dos?|todos?))$", re.I
)

_COURTESY = re.compile(
    r"^(?:(?:please|kindly|hey|hi|ok(?:ay)?|olly|siri|google|alexa|buddy|just|so|also|then|actually"
    r"|now|and|i'?d like|i would like|"
    r"i (?:want|need|must|have|would like|shall|like)(?: (?:for )?you)? to|you (?:can|could|should)"
    r"|(?:can|could|would|will) you|can i|could i|"
    r"help me(?: to)?|make sure (?:to|you)|be sure to|go ahead and|remember to(?= (?:add|put|set"
    r"|fix|make))|don'?t forget to(?= add)|let'?s|is there a way to|i (?:want|need))\b[\s,]*)+",
    re.I,
)
_ENDING = re.compile(
    r"[\s,]+(?:please|pleae|thanks|thank you|for me|too|as well|also|again|cause .*|because .*"
    r"|if (?:it(?:'?s| is) not|not|i) .*|unless .*)$",
    re.I,
)

_ADD_VERB = (
    r"(?:re-?\s?add|add|adding|append|put|include|insert|enter|note(?: down)?|record|write(?: down)?"
    r"|jot(?: down)?|log|place|throw|save|create|make|set(?: up)?|schedule|book|arrange|plan"
    r"|organi[sz]e|start|post|give|ask|take note of|mark|fix|new|need|want|update|activate|call)"
)
_KIND = (
    r"(?:(?:(?:to[\s-]?do|todo|shopping|grocery|calendar|list|weekly|repeating|recurring|new|quick"
    r"|another|daily)\s)*(?:tasks?|items?|to[\s-]?dos?(?:'s)?|todos?|reminders?(?: alarm)?|alarm"
    r"|entr(?:y|ies)|notes?|notifications?|alerts?|chores?|things?|calendar event))"
)
_DOING = re.compile(rf"^(?:call|fix|make|give|book|organi[sz]e)\s+(?!.*\b{_KIND}\b)\w")
_OCCASION_KIND = r"(?:appointments?|appt|events?|calendar entry)"
_ADD_COMMAND = re.compile(
    rf"^{_ADD_VERB}\s+(?:(?:up|down|me|us)\s+)*(?:(?:(?:an?|the|another|some|one|this|my|two|few"
    rf"|more|latest|is)\s+)*{_KIND}\b(?:\s+for (?:me|myself)\b)?(?:\s+up\b)?"
    r"(?:\s*(?::|-)\s*|\s+(?:to notify me|to remind me)?\s*(?:to(?: do)?|that(?: i have(?: an?)?)?"
    r"|called|named|titled|of|about|for|saying|as|with the title|which is)\b)?|(?:(?:an?|the"
    rf"|another|my)\s+)+(?={{}}))?\s*".replace("{}", r"\w"),
    re.I,
)
_OCCASION_COMMAND = re.compile(
    rf"^{_ADD_VERB}\s+(?:me\s+)?(?:(?:an?|the|another|my)\s+)*{_OCCASION_KIND}\s+(?:called|named"
    r"|titled|to(?! my)|of)\s+",
    re.I,
)
_REMIND = re.compile(
    r"^(?:[^\"“]*\b)?(?:remind|remember|alert|notify|ping|nudge)\s+(?:me"
    r"|us)?\s*(?:again\s+)?(?:,?\s*(?:to(?=\s)|that(?: i)?(?: have)?(?: to)?(?: an?)?|about|of|at"
    r"|for|i(?: have to)?|if|when|before|on)\b\s*(?:the\b\s*|my\b\s*)?)?",
    re.I,
)
_BE_REMINDED = re.compile(
    r"^.*?\bbe (?:reminded|notified|alerted)\s+(?:to|of|about|that)?\s*|^(?:do not"
    r"|don'?t)(?: let me)? forget (?:to |about |the )?|^(?:tell|let) me (?:know )?(?:to|in)\s+",
    re.I,
)
_TRAILING_LINK = re.compile(
    r"(?:[\s,;:-]+(?:on|at|by|for|from|in|to|the|my|and|due|is|with|that|of|this|an?|as|called))+$", re.I
)
_LEADING_LINK = re.compile(
    r"^(?:(?:on|at|by|for|from|in|to|that|due|and|is|about|of|as|which is|:|,|-)\s+)+", re.I
)
_EMPTY = re.compile(
    r"^(?:(?:an?|the|this|that|these|it|new|my|me|one|some|few|another|something|anything|item"
    r"|items|task|tasks|thing|things|"
    r"reminder|event|events|appointment|appt|entry|list|to do|todo|note|notes|here|there|i speak"
    r"|as i speak|later|down|up|him|her|them|also|blank|do|"
    r"of|for|in|on|to|into|with|and|create|created|name|called|calendar|schedule|do this"
    r"|do something|do it|grocery|shopping|personal|again|too|time|at|a)\s*)*$",
    re.I,
)


def outside_lists(text: str) -> tuple[str, str | None]:
    """The text without "to my shopping list" and the like, and the word that list goes by."""
    front = _IN_FRONT.search(text)
    if front is not None:
        return text[front.end() :], _list_name(front[0])
    match = _INTO.search(text) or _unsaid(text)
    if match is None:
        return text, None
    return f"{text[: match.start()]} {text[match.end() :]}".strip(), _list_name(match[0])


def _unsaid(text: str) -> re.Match[str] | None:
    """The list at the end of an order whose "to" was swallowed: "add peanuts the grocery list"."""
    return (
        _INTO_UNSAID.search(text) if re.match(r"^\W*(?:please )?(?:add|put)\s+\w+\s+\w", text, re.I) else None
    )


_NAMED_LIST = re.compile(
    r"\b(shopping|grocery|groceries|wish|work|school|packing|chores?|errands?|personal|holiday"
    r"|vacation|travel)\b",
    re.I,
)


def _list_name(text: str) -> str | None:
    match = _NAMED_LIST.search(text)
    if match is None:
        return None
    name = match[1].lower()
    return {"groceries": "grocery", "chore": "chores", "errand": "errands"}.get(name, name)


def list_named(text: str) -> str | None:
    """The word a list goes by: "what is on my shopping list" speaks of "shopping"."""
    match = re.search(
        r"\b(shopping|grocery|groceries|wish|work|school|packing|errands?|holiday|vacation"
        r"|travel)\s+(?:to[\s-]?do\s+)?lists?\b",
        text,
        re.I,
    )
    return _list_name(match[0]) if match else None


_REMIND_AT_END = re.compile(
    r"^(.+?)[\s,]+(?:so\s+)?(?:(?:i need to|i should|must) be reminded(?: of(?: it)?)?|(?:please "
    r"|can you |could you )*(?:remind me(?: of it)?|make a note of it.*|place this on .*"
    r"|note it down))$",
    re.I,
)
_THERE_IS = re.compile(
    r"^(?:(?:that|there is|there's|i have(?: to)?|i've got(?: to)?|i need to have|it is|it's"
    r"|we have)\s+)+(?:an?\s+)?",
    re.I,
)
_OUTRIGHT = re.compile(
    r"\b(?:tasks?|to[\s-]?dos?|todos?|item)\s+(?:that\s+|called\s+|named\s+|to\s+)?(?!from\b|on\b"
    r"|in\b|off\b|list\b)\w",
    re.I,
)


def names_whole_list(text: str) -> bool:
    """Whether an order speaks of a whole list: "clear my calendar", not "an event from my calendar"."""
    is_whole = (
        re.search(r"\b(?:all|everything|lists?|calendar|schedule|agenda|day)\b", text, re.I) is not None
    )
    one = r"\b(?:items?|entry|event|appointment|task|meeting|this|that|it|one|phrase)\b(?<!this week)"
    return is_whole and (
        re.search(r"\b(?:all|everything)\b", text, re.I) is not None or not re.search(one, text, re.I)
    )


def names_task_outright(text: str) -> bool:
    """Whether the words after "the task" are its very title, dates and all."""
    return (
        _OUTRIGHT.search(text) is not None
        or re.match(r"^(?:please )?(?:check|tick) off\b", text, re.I) is not None
    )


_WITH_COMPANY = re.compile(
    rf"^(?P<occasion>(?:[\w'-]+\s+){{0,3}}?(?:{words.OCCASION}|[\w']+ day))\s+"
    r"(?P<company>(?:with|at)\s+.+)$",
    re.I,
)


def occasion_and_company(title: str) -> tuple[str, str | None]:
    """What one goes to, and with whom or where: "dinner with Anna" is a dinner, and Anna its description."""
    match = _WITH_COMPANY.match(title)
    return (match["occasion"], match["company"]) if match else (title, None)


def occasion_named(text: str) -> str:
    """The bare "appointment" or "event" of an order that says only when; empty where there is none."""
    match = re.search(r"\b(appointment|appt|event|meeting|lunch|dinner|breakfast|birthday)s?\b", text, re.I)
    return match[1].lower().replace("appt", "appointment") if match else ""


def without_command(text: str) -> str:
    """The words of an order to add, without its verb and its frame: what is to be done."""
    rest = _COURTESY.sub("", text.strip(" .!?"))
    rest = _ENDING.sub("", rest)
    rest = re.sub(r"^(?:to-?do|task|reminder)\s*[:-]\s*", "", rest, flags=re.I)
    out_of = re.match(
        r"^(?:i'?m out of|i am out of|i ran out of|i have no|we(?:'re| are) out of)\s+(.+?)(?:,"
        r"| so\b| and\b|$)",
        rest,
        re.I,
    )
    if out_of:
        return out_of[1]
    at_end = _REMIND_AT_END.match(rest)
    if at_end:
        return _THERE_IS.sub("", at_end[1])
    for pattern in (_OCCASION_COMMAND, _BE_REMINDED, _REMIND):
        stripped, count = pattern.subn("", rest, count=1)
        if count and stripped != rest:
            return stripped
    return rest if _is_doing(rest) else _ADD_COMMAND.sub("", rest, count=1)


def _is_doing(text: str) -> bool:
    """Whether the verb is what is to be done, as in "call mom", and no command as in "call a meeting"."""
    said = text.lower()
    return _DOING.match(said) is not None and not (words.names_occasion(said) or words.names_container(said))


def add_title(text: str) -> str:
    """The title in what is left of an order to add; empty where it names nothing to do."""
    rest = _trimmed(text)
    rest = _THERE_IS.sub("", rest)
    rest = re.sub(
        r"^(?:appointment|event)\s+(?!with\b|at\b|for\b|in\b|on\b|about\b|to\b|and\b|card|of\b)(?=\w+ \w)",
        "",
        rest,
        flags=re.I,
    )
    rest = re.sub(r"^(?:my|the|an?|some)\s+(?=\w)", "", rest, flags=re.I) if not _EMPTY.match(rest) else rest
    return "" if _EMPTY.match(rest) or _BARE_LIST.match(rest) else rest


def _trimmed(text: str) -> str:
    rest = " ".join(text.split()).strip(" ,.;:!?-")
    if (quoted := re.fullmatch(r"[\"“”']([^\"“”]+)[\"“”']", rest)) is not None:
        return quoted[1].strip()
    rest = _LEADING_LINK.sub("", _TRAILING_LINK.sub("", _ENDING.sub("", rest)))
    return rest.strip(" ,.;:!?-").replace("“", "").replace("”", "")


_TARGET_VERB = re.compile(
    r"^(?:completely |totally |find and )?(?:(?:delete|remove|erase|cancel|clear|discard|drop|scrap"
    r"|trash|wipe|empty|destroy|scratch|omit|purge|disregard|"
    r"get rid of|take (?:away|off)?|throw out|cross (?:off|out)?|check(?: off)?|tick(?: off)?"
    r"|mark(?: off)?|finish(?:ed)?|completed?|"
    r"done(?: with)?|close|reopen|re-open|uncheck|untick|uncomplete|skip|stop(?: repeating"
    r"| recurring)?|strike|move|clean"
    r"|reschedule|postpone|push(?: back)?|delay|snooze|defer|shift|change|update|edit|modify|adjust|"
    r"rename|prioriti[sz]e|tag|untag|make|set|bring forward|put|give|extend|task completed|unmark|"
    r"i (?:have |just |already |have just )*(?:finished|completed|did|done)(?: with)?)\b\s*)",
    re.I,
)
_TARGET_NOUN = re.compile(
    r"^(?:(?:the|my|an?|that|this|our|scheduled|untitled|entire|whole)\s+)*(?:(?:to[\s-]?do|todo"
    r"|list|calendar|shopping)\s+)?"
    r"(?:(?:tasks?|items?|to[\s-]?dos?|todos?|reminders?|entry)\b\s*(?:number|no\.?|called|named"
    r"|that|to|about|of|for)?\s+|(?:event|appointment)s?\s+(?:called|named|to)\s+|(?=\w))",
    re.I,
)
_STATE = re.compile(
    r"[\s,]*\b(?:as |is |are |has been |have been )?(?:not )?(?:all )?(?:done|complete|completed"
    r"|finished|undone|incomplete|pending|open|purchased|from repeating|repeating|recurring|anymore"
    r"|any more|off)(?: yet| now| already)*$",
    re.I,
)
_NOT_A_NAME = re.compile(
    r"\b(?:which i have made|i (?:had |have )?(?:scheduled|made|set)|scheduled|that is"
    r"|that i will be going to|please|pleae|on my calendar)\b",
    re.I,
)


_PRONOUN = re.compile(r"^(?:it|that|this|them)(?: (?:one|item|task|event|appointment|reminder))?$", re.I)


def target_words(text: str) -> str:
    """The words by which an order to change something names its task; empty where it names none."""
    rest = _COURTESY.sub("", text.strip(" .!?"))
    rest = _ENDING.sub("", rest)
    rest, _ = outside_lists(rest)
    rest = _TARGET_VERB.sub("", rest, count=1)
    rest = _STATE.sub("", rest)
    rest = _NOT_A_NAME.sub(" ", rest)
    rest = _TARGET_NOUN.sub("", rest.strip(), count=1)
    rest = _trimmed(rest)
    return "" if _EMPTY.match(rest) and not _PRONOUN.match(rest) else rest

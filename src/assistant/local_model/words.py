"""The small vocabulary that tells talk about tasks from other talk. Pure tables and text functions."""

import re

_CONTRACTIONS = (
    (re.compile(r"[\u2018\u2019`]"), "'"),
    (re.compile(r"\b(what|when|where|who|how|that|it|there|here)\s?'\s?s\b"), r"\1 is"),
    (re.compile(r"\bwhats\b"), "what is"),
    (re.compile(r"\bi'd\b"), "i would"),
    (re.compile(r"\bi'm\b"), "i am"),
    (re.compile(r"\bi've\b"), "i have"),
    (re.compile(r"\blet's\b"), "let us"),
    (re.compile(r"\b(\w+)n't\b"), r"\1 not"),
    (re.compile(r"\bca not\b"), "can not"),
    (re.compile(r"\bwo not\b"), "will not"),
    (re.compile(r"\s+"), " "),
)

_COURTESY = re.compile(
    r"""(?:(?:
      please | kindly | hey | hi | hello | ok(?:ay)? | olly | siri | google | alexa | buddy | just | so
    | well | um
    | and | also | then | actually | now | oh | sorry | thanks | no
    | (?:can|could|would|will) \s (?:you|u) | (?:can|could|may) \s (?:we|i) | need \s to
    | you \s (?:can|could|may|should)
    | help (?:\s me)? \s to | help (?=\s(?:access|remind)) | go \s ahead \s and
    | make \s sure \s (?:to|you) | be \s sure \s to
    | i \s (?: (?:really \s)? (?:want|need|wish|would \s like|must|shall|should|have \s got|gotta|wanna)
      | (?:am \s going) | have (?=\s to \s (?:see|know|hear|find)) )
      (?:\s for)? (?:\s you)? (?:\s to)?
      (?=\s (?!an?\b|the\b|my\b|some\b|it\b|\w+ing\b))
    | is \s there \s a(?:ny)? \s way \s to | remember \s to (?=\s(?:add|put|set|make|fix|create|schedule))
    | let \s us | kindly | like \s to | to (?=\s(?:add|remove|see|know|hear|delete|set|create|make))
    )\b[\s,!.]*)+""",
    re.VERBOSE,
)

CONTAINER = (
    r"(?:(?:to[\s-]?do|todo|task|shopping|grocery|groceries|chore|reminder|wish|errand)s?\s)?lists?"
    r"|(?:my|the|an?|our|your|this|new|create|add|remove|delete|domestic|vacation"
    r"|complete) to[\s-]do(?:'?s)?"
    r"(?! (?:to|with|about|when|if)\b)|todos?|tasks?|reminders?|calendars?|schedules?|agendas?"
    r"|chores|errands"
)
OCCASION = (
    r"appointments?|appts?|events?|me?eetings?|metings?|birthdays?|anniversar(?:y|ies)|part(?:y"
    r"|ies)|dinners?"
    r"|lunch(?:es)?|brunch(?:es)?|breakfasts?|conferences?|interviews?|exams?|standups?|reunions?"
    r"|weddings?|showers?"
    r"|holidays?|deadlines?|ceremony|match|game|concert|class(?:es)?|lessons?|practice|church"
    r"|visits?|dates?|trips?"
)
_CONTAINER = re.compile(rf"\b(?:{CONTAINER})\b")
_OCCASION = re.compile(rf"\b(?:{OCCASION})\b")

CHORE_VERBS = [
    "attend",
    "book",
    "bring",
    "buy",
    "call",
    "check",
    "clean",
    "collect",
    "contact",
    "cook",
    "do",
    "drop",
    "email",
    "feed",
    "file",
    "finish",
    "fix",
    "get",
    "give",
    "go",
    "help",
    "invite",
    "mail",
    "make",
    "meet",
    "mop",
    "mow",
    "order",
    "paint",
    "pack",
    "pay",
    "pick",
    "plan",
    "practice",
    "prepare",
    "print",
    "read",
    "renew",
    "repair",
    "replace",
    "return",
    "review",
    "schedule",
    "sell",
    "send",
    "sign",
    "submit",
    "sweep",
    "take",
    "talk",
    "text",
    "tidy",
    "try",
    "update",
    "vacuum",
    "visit",
    "walk",
    "wash",
    "watch",
    "water",
    "work",
    "write",
    "exercise",
    "study",
    "finalize",
    "finalise",
    "organise",
    "organize",
    "cancel",
    "ring",
    "fetch",
]

_FOREIGN = re.compile(
    r"""\b(?:
      songs? | music | playlists? | playing | tracks? | albums? | radio | podcasts? | audiobooks? | fm
    | volume | lyrics
    | lights? | lamps? | roomba | vacuum\scleaner | thermostat | wemo | plug | hotspot | wifi
    | bluetooth | oven | brightness
    | coffee | latte | cappuccino | weather | forecast | temperature | traffic | uber | taxi | cab | lyft
    | flights? | hotels? | rooms?\s(?:on|in|for|from) | reservations? | rental | restaurants?
    | takeaway | takeout
    | recipes? | calories? | nutrition | currency | exchange\srate | stocks? | accounts? | bank(?:ing)?
    | balance | (?:credit|debit|visa|replacement)\s?cards? | cards? | credit | apr | pin | paychecks?
    | salary | 401k | insurance
    | subscriptions? | phone\splan | phone | iphone\scall | whisper | voice | accent | speech | speed
    | language | settings
    | emails?\s(?:from|about|to) | contacts? | contact\sinformation | tweet | facebook | twitter
    | photos? | movies? | videos?
    | stories | jokes? | dice | coin | trivia | facts? | definition | synonyms? | equalizer | avatar
    | windshield
    | package | delivery | transfer | transactions? | pto | time\soff\sfor | vacation\s(?:request|days)
    | routing
    | timezone | location | alarm\sclock | color | contrast | channel | websites? | app\sstore
    | real\sestate
    | newspaper | quotes? | rent | bills? | w-?2 | news | newscast | stocks | ideas?
    | name\sof\sthe\sai | ai\sname | your\sname
    | money | messages | my\s\w+\sorder | train | ticket | dictionary | mode | savings | dollars?
    | bucks | pedia | theat(?:er|re)s? | complaint
    )\b | \$\d""",
    re.VERBOSE,
)
_QUESTION = re.compile(
    r"^(?:what|which|when|where|who|whom|whose|why|how|is|are|am|was|were|do|does|did|has|have i"
    r"|have you|will|would|"
    r"can|could|should|shall|may i|might|any)\b"
)
_DATED = re.compile(
    r"""\b(?: today | tonight | tomorrow s? | tmrw | yesterday | morning | afternoon | evening | noon
    | midnight | weekend
    | (?:mon|tues|wednes|thurs|fri|satur|sun)days? | week | month | year
    | (?:jan|feb|mar|apr|may|jun|jul|aug|sep|sept|oct|nov|dec)\b\.?\s\w+ | january | february | march
    | april | june | july
    | august | september | october | november | december | \d{1,2}(?::\d\d)?\s?[ap]\.?m | \d{1,2}:\d\d
    | o'?\s?clock
    | at\s(?:\d+|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve) | [ap]\sm
    | \d{1,2}/\d{1,2}
    | in\s(?:an?|\d+|two|three|five|ten|fifteen|twenty|thirty)\s(?:minutes?|hours?|days?)
    | every(?:day)? | daily
    | christmas | easter | the\s\d+(?:st|nd|rd|th) )\b""",
    re.VERBOSE,
)

_REPEATED = re.compile(r"\b(?:every|each|daily|weekly|monthly|yearly)\b")


def plain(text: str) -> str:
    """The text in lower case, contractions opened, spaces single, punctuation at the ends gone."""
    lowered = text.lower()
    for pattern, replacement in _CONTRACTIONS:
        lowered = pattern.sub(replacement, lowered)
    return lowered.strip(" .!?,;:")


def without_courtesy(text: str) -> str:
    """A plain text from its first word of substance on: "could you please add" becomes "add"."""
    match = _COURTESY.match(text)
    rest = text[match.end() :] if match else text
    rest = re.sub(r"[\s,]+(?:please|pleae|thanks|thank you|for me)$", "", rest)
    return rest or text


def names_container(text: str) -> bool:
    """Whether a list, calendar, schedule or the like is spoken of."""
    return _CONTAINER.search(text) is not None


def names_occasion(text: str) -> bool:
    """Whether something people put in their calendars is spoken of."""
    return _OCCASION.search(text) is not None


def is_foreign(text: str) -> bool:
    """Whether the text speaks of things this service knows nothing about (music, money, lamps, travel)."""
    return _FOREIGN.search(text) is not None


def is_question(text: str) -> bool:
    """Whether the plain text begins as a question."""
    return _QUESTION.match(text) is not None


def is_dated(text: str) -> bool:
    """Whether a day, a time or a repetition seems to be mentioned; a hint, not a reading."""
    return _DATED.search(text) is not None


def repeats(text: str) -> bool:
    """Whether a repetition seems to be mentioned; a hint, not a reading."""
    return _REPEATED.search(text) is not None


def starts_with_chore(text: str) -> bool:
    """Whether the plain text begins with something one does."""
    return text.split(" ", 1)[0] in CHORE_VERBS

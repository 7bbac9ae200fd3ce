"""What an utterance wants: the first rule of a short table that fits. Pure; no state, no clock."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from src.assistant.local_model import words


class Intent(StrEnum):
    """The things a person can want from this service."""

    ADD = "add"
    LIST = "list"
    MORE = "more"
    COMPLETE = "complete"
    REOPEN = "reopen"
    UPDATE = "update"
    SKIP = "skip"
    STOP = "stop"
    DELETE = "delete"
    TAGS = "tags"
    ANALYTICS = "analytics"
    UNDO = "undo"
    HELP = "help"
    GREETING = "greeting"
    THANKS = "thanks"
    YES = "yes"
    NO = "no"
    NONE = "none"


TOOL_OF: dict[Intent, str] = {
    Intent.ADD: "add_task",
    Intent.LIST: "list_tasks",
    Intent.MORE: "list_tasks",
    Intent.COMPLETE: "complete_task",
    Intent.REOPEN: "complete_task",
    Intent.UPDATE: "update_task",
    Intent.SKIP: "skip_task",
    Intent.STOP: "stop_recurrence",
    Intent.DELETE: "delete_task",
    Intent.TAGS: "list_tags",
    Intent.ANALYTICS: "get_analytics",
}


@dataclass(frozen=True, slots=True)
class _Said:
    """An utterance in its plain form, whole and without courtesy, and what is plain about it."""

    whole: str
    core: str

    def about_tasks(self) -> bool:
        return words.names_container(self.core) or words.names_occasion(self.core)

    def foreign(self) -> bool:
        return words.is_foreign(self.core)

    def dated(self) -> bool:
        return words.is_dated(self.core)


_Condition = Callable[[_Said], bool]


@dataclass(frozen=True, slots=True)
class _Rule:
    intent: Intent
    pattern: re.Pattern[str]
    only_if: _Condition


def _always(_said: _Said) -> bool:
    return True


def _at_home(said: _Said) -> bool:
    return not said.foreign()


def _about_tasks(said: _Said) -> bool:
    return said.about_tasks()


def _in_a_container(said: _Said) -> bool:
    return words.names_container(said.core)


def _home_or_contained(said: _Said) -> bool:
    return not said.foreign() or words.names_container(said.core)


def _about_tasks_at_home(said: _Said) -> bool:
    return said.about_tasks() and not said.foreign()


def _dated_at_home(said: _Said) -> bool:
    return (said.dated() or said.about_tasks()) and not said.foreign()


def _rule(intent: Intent, pattern: str, only_if: _Condition = _always) -> _Rule:
    return _Rule(intent, re.compile(pattern), only_if)


_C = words.CONTAINER
_O = words.OCCASION
_DAY_WORD = (
    r"(?:today|tonight|tomorrow|this|next|on|at|in the|for|the|over|during|mon|tue|wed|thu|fri|sat|sun)"
)

_SMALL_TALK = (
    _rule(Intent.UNDO, r"^(?:undo|revert|take (?:that|it) back)\b(?!.*\bcomplet)"),
    _rule(
        Intent.NO,
        r"^(?:(?:no|nope|nah|wait|just|never ?mind|let us|stop)[ ,]*)*(?:(?:cancel|forget)(?: (?:it|that|this))?|no|nope|nah|never ?mind|do not|stop|don't do that|do not do that)$",
    ),
    _rule(
        Intent.YES,
        r"^(?:yes|yep|yeah|yup|sure|ok|okay|confirm|do it|go ahead|correct|right|that is it|it is ok|absolutely|of course)(?:[ ,]+(?:please|do it|do that|go ahead|just do that|all of them|sure|delete (?:them|it|all)(?: all)?|save it))*$",
    ),
    _rule(
        Intent.GREETING,
        r"^(?:hi|hello|hey|good (?:morning|afternoon|evening|day)|greetings|howdy|yo)(?: there| you| again|[ ,]+friend)?$",
    ),
    _rule(
        Intent.THANKS,
        r"^(?:thanks?|thank you|thx|cheers|great|perfect|awesome|cool|nice)\b[^?]{0,30}$",
        lambda said: not said.about_tasks(),
    ),
    _rule(
        Intent.HELP,
        r"^(?:help(?: me)?|what can (?:you|i) (?:do|say|ask|type)(?: here| for me)?|how does this work|how do(?: i|es one)? use (?:this|you)|commands|what do you do)$",
    ),
)

_STATES = (
    _rule(Intent.REOPEN, r"^(?:reopen|re-open|uncomplete|uncheck|untick|unmark)\b"),
    _rule(
        Intent.REOPEN,
        r"\b(?:mark|set|put|make)\b.*\b(?:not (?:done|complete|completed|finished)|undone|incomplete|uncompleted|unfinished|pending|open)\b(?! on)",
        _at_home,
    ),
    _rule(Intent.REOPEN, r"\b(?:is|was|am) not (?:done|finished|complete)\b(?: with\b.*| yet)?", _at_home),
    _rule(
        Intent.STOP,
        r"\bstop\b.*\b(?:repeating|recurring|repeat|recurrence)\b|\b(?:not|no longer|never) (?:be )?(?:repeat|recur)|\bremove the (?:repeat|recurrence)\b|^make .*\b(?:non-?recurring|one-?off|one time)\b",
    ),
    _rule(Intent.SKIP, r"^skip\b", _at_home),
    _rule(Intent.COMPLETE, r"^(?:check|tick|cross|strike) (?:.* )?off\b"),
    _rule(
        Intent.COMPLETE,
        r"\b(?:mark|set|put|flag)\b.*\b(?:done|complete|completed|finished|purchased|bought)$",
    ),
    _rule(Intent.COMPLETE, r"^mark\b.*\b(?:as )?(?:done|complete|completed|finished)\b"),
    _rule(Intent.COMPLETE, r"^mark .*\b(?:on|from|off|in) (?:my |the |our )?(?:\w+ ){0,2}list\b"),
    _rule(
        Intent.COMPLETE,
        r"^(?:tasks? )?(?:finish(?:ed)?|complete[d]?|done|accomplished|close)\b (?!.*\?)",
        _at_home,
    ),
    _rule(
        Intent.COMPLETE,
        r"^(?:i|we) (?:have |just |already |am |have just |have already )*(?:finished|completed|done|did|accomplished|took care of|finish)\b(?! (?:i|you|we|they|my phone)\b)",
        _at_home,
    ),
    _rule(
        Intent.COMPLETE,
        r"^(?!what|is|are|has|have|did|do|how|when).*\b(?:has|have|is|are)(?: all| already| now)? (?:been )?(?:done|completed|finished|purchased|complete)\b(?! (?:on|in)\b)",
        _at_home,
    ),
)

_DELETES = r"(?:delete|remove|erase|cancel|clear|discard|drop|scrap|trash|wipe|empty|destroy|scratch|omit|purge|disregard|get rid of|rm|kill|away off|clean out|throw (?:out|away)|reset all|strike|dump)"
_DELETIONS = (
    _rule(Intent.DELETE, rf"^{_DELETES}\b", _home_or_contained),
    _rule(Intent.DELETE, rf"^{_DELETES}\b.*\b(?:item|event|task|list|reminder)\b"),
    _rule(
        Intent.DELETE,
        rf"^(?:clean)\b.*\blists?\b|^(?:make|leave) (?:it |my )?blank\b|^make .*\b(?:calendar|schedule)\b.*\b(?:clear|empty|blank)\b",
    ),
    _rule(Intent.DELETE, r"^(?:completely|fully|totally) (?:clear|empty|erase|wipe|delete)\b"),
    _rule(Intent.DELETE, r"^take\b(?! (?:note|me)\b).*\b(?:off|from|away|out)\b", _about_tasks),
    _rule(Intent.DELETE, r"^take (?:away|off)\b"),
    _rule(Intent.DELETE, r"^move\b.*\bto (?:the )?(?:trash|bin)\b"),
    _rule(
        Intent.DELETE,
        rf"\b(?:and|then|so|to|please|you|{_C})[ ,]+(?:can you |could you |please )?(?:delete|remove|erase|cancel|take (?:it|that|this|them) off)\b",
        _about_tasks,
    ),
    _rule(
        Intent.DELETE,
        r"\b(?:deleted|removed|erased|cancelled|canceled|taken (?:off|away)|cleared)\b(?! (?:by|from the world))",
        lambda s: s.about_tasks() and not words.is_question(s.core),
    ),
    _rule(
        Intent.DELETE,
        rf"\b(?:not|no longer) (?:want|need)\b.*\b(?:{_C}|anymore|any more|forget)\b|\bno longer need\b",
        _about_tasks,
    ),
    _rule(Intent.DELETE, r"\bno longer need\b.*\b(?:forget|off)\b|\bnot need\b.*\btake\b.*\boff\b"),
    _rule(
        Intent.DELETE,
        r"\b(?:needs? to be|should be|is|are|be) (?:completely |totally )?(?:clear|empty|blank)(?:ed)?\b|\bno events? on my\b",
        lambda s: words.names_container(s.core) and not words.is_question(s.core),
    ),
)

_REMINDERS = (
    _rule(
        Intent.LIST,
        r"\bremind me (?:of |about )?(?:what (?:i|is|are|was|were|my|do|to)(?! am doing)|which|how many|the (?:date|time|place|location) of|all|everything|where|when is)\b",
    ),
    _rule(
        Intent.LIST,
        r"\brefresh my memory\b|\b(?:wanted|want|asked|told) (?:you )?to (?:help me )?(?:remember|remind)\b|\bi (?:want|wanted|need|needed) to remember\b|\bthings? to remember\b(?!.*\badd\b)|\bask(?:ed)? you to remind\b",
    ),
    _rule(
        Intent.LIST,
        r"^(?:what|which|is there|are there|do i|did i|have i|any|how many|show|read|list|tell me|give me my|display|check|see|view|hear|know|go through|confirm)\b.*\b(?:reminders?|remainders?|reminded)\b(?!.*\b(?:if not|to add)\b)",
    ),
    _rule(
        Intent.ADD,
        r"\b(?:remind|remember|alert|notify|ping|nudge) (?:me|us|to|upcoming)\b",
        lambda s: not re.search(r"^(?:did|do|does|what|how)\b", s.core),
    ),
    _rule(Intent.ADD, r"\bbe (?:reminded|notified|alerted)\b|\b(?:do not|don't) (?:let me )?forget\b"),
    _rule(
        Intent.ADD,
        r"\b(?:a|an|me|new|the|set|send|make|add|create|another|latest|need|reminder|notification) (?:\w+ ){0,2}(?:reminders?|notifications?)\b|^(?:reminder|notification|alert)s?\b",
        lambda s: (
            not words.is_question(s.core)
            and not re.search(r"^(?:tell|show|read|list|give me (?:my|the)|open|find)\b", s.core)
        ),
    ),
    _rule(
        Intent.ADD,
        r"^how about (?:a|an) (?:reminder|task|meeting)\b|^set\b.*\b(?:reminder|notification|alert)s?\b",
    ),
    _rule(
        Intent.ADD,
        rf"^(?:tell|let) me(?: know)? (?:to|in|after|before|the (?:morning|day|night))\b|^(?:tell|let) me(?: know)? when\b.*\b(?:{_O}|leave)\b(?!.*\bis it\b)|^let me know in\b",
    ),
)

_ADDS = r"(?:add|append|put|include|insert|enter|note|record|write down|jot down|log|place|throw|re-?add|save|mark|plug in|stick|flag)"
_ADDITIONS = (
    _rule(
        Intent.LIST,
        rf"^(?:did|do|does|has|have|is|are|was|were|am|can you (?:see|check))\b(?!.*\b(?:if not|unless|otherwise|(?:please|then) (?:add|put)|not please|, add)\b)(?!.*\b(?:add|put) (?:it|them|that)$).*\b(?:{_C}|{_O})\b",
        lambda s: not s.foreign() or words.names_container(s.core),
    ),
    _rule(
        Intent.ADD,
        rf"^{_ADDS}\b",
        lambda s: (
            words.names_container(s.core)
            and not re.search(r"\bplaylist\b.*\bplaylist\b|\b(?:song|newscast)\b", s.core)
        ),
    ),
    _rule(Intent.ADD, rf"^{_ADDS}\b", _dated_at_home),
    _rule(
        Intent.ADD,
        r"^(?:add|append|note|write down|jot down|include|enter|put)\b(?!.*\b(?:to|in|on) (?:my |the )?(?:phone|contacts?|account|plan|reservation|kids|chill|jazz|\"kids\"))(?! (?:one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|\d+) (?:and|plus|to) )",
        lambda s: not s.foreign(),
    ),
    _rule(
        Intent.ADD,
        rf"\b(?:add|put|include)\b(?: (?:it|that|this|them|[\w' -]+))?(?: (?:to|on|in|onto|down|for))?\b",
        lambda s: (
            words.names_container(s.core)
            and not re.match(r"^(?:did|have i|what|show|tell|do you|which|read|is it)\b", s.core)
        ),
    ),
    _rule(
        Intent.ADD,
        rf"\b(?:needs?|need|want|like|should|have|has|is|are)\b.*\b(?:added|put|placed|noted|included)\b|\b(?:should|needs to|must) be (?:added|put)\b|\bneed [\w ']+ (?:on|in|to) (?:my|the) (?:\w+ )*list\b",
        lambda s: words.names_container(s.core) and not words.is_question(s.core),
    ),
    _rule(Intent.ADD, r"^update .*\blist with\b|^take note of\b"),
    _rule(
        Intent.NONE,
        r"\b(?:make|create|generate|give me|get me|show me|tell me|instruct|produce|write) (?:a|the) (?:short )?list of (?!my\b|things? (?:to|i)|tasks?|to ?-?dos?|reminders?|chores|all (?:events|my|tasks)|events)",
    ),
    _rule(
        Intent.NONE,
        r"^(?:schedule|book|make|get|create)\b.*\b(?:reservations?|uber|flights?|hotel|cab|taxi|room on|pto|playlist|table for|ad\b|chart|portrait|coffee)\b",
    ),
    _rule(
        Intent.ADD,
        rf"^(?:create|make|set(?: up)?|start|new|schedule|book|arrange|plan|organi[sz]e|fix|post|place|ask|activate|i need|i have|we have|have|need|put|save|give me|note)\b.*\b(?:{_C}|{_O}|entry|item|catalogue|holiday)\b",
        lambda s: (
            not s.foreign()
            and not re.match(
                r"^i (?:have|need) .*\b(?:read|list (?:read|of)|what)\b|^(?:make|give me) (?:my|the|all)\b",
                s.core,
            )
        ),
    ),
    _rule(Intent.ADD, r"^(?:schedule|book|arrange|plan|set)\b .+", _dated_at_home),
    _rule(
        Intent.ADD,
        r"^call (?:it )?a meeting\b|^call .* for (?:a )?meeting\b|\bmake a note of it\b|\bset notifications?\b|^(?:make|can you make) this (?:event|task) (?:repeti|recur)|^list new$|\bnew list$",
    ),
    _rule(Intent.ADD, r"\b(?:out of|ran out of|have no)\b.*\b(?:add|put)\b"),
)

_CHANGES = (
    _rule(
        Intent.UPDATE,
        r"^(?:reschedule|postpone|rename|re-?prioriti[sz]e|prioriti[sz]e|deprioriti[sz]e|tag|untag|retitle|delay|bring forward|snooze|defer)\b",
        _home_or_contained,
    ),
    _rule(
        Intent.UPDATE,
        r"^(?:change|move|push|shift|update|edit|modify|adjust|extend|shorten|correct)\b(?! (?:to|your|into)\b)",
        lambda s: (
            _home_or_contained(s)
            and (
                s.about_tasks()
                or s.dated()
                or bool(
                    re.search(
                        r"\b(?:it|that|this|time|date|title|priority|one|tag|tags|category|description|room|location|\d+)\b",
                        s.core,
                    )
                )
            )
        ),
    ),
    _rule(
        Intent.UPDATE,
        r"^make (?:it|that|this|the|my|number|task|#?\d)\b.*",
        lambda s: (
            not s.foreign()
            and (
                s.dated()
                or bool(
                    re.search(
                        r"\b(?:later|earlier|priority|urgent|important|due|repeat|recurring|weekly|daily|monthly|start)\b",
                        s.core,
                    )
                )
            )
        ),
    ),
    _rule(
        Intent.UPDATE,
        r"^(?:set|give|change|lower|raise|increase|put)\b.*\b(?:priority|due date|deadline)\b",
        _at_home,
    ),
    _rule(
        Intent.UPDATE,
        r"\b(?:should|must|needs to|has to) be (?:changed|moved|rescheduled|updated)\b|\b(?:has|have) (?:been )?(?:moved|changed|rescheduled)\b|^call it\b|^find a new (?:room|time|place) for\b",
        _at_home,
    ),
    _rule(Intent.UPDATE, r"^set (?:it|that|this|the due date)\b.*\bto\b", _at_home),
)

_NUMBERS = (
    _rule(
        Intent.ANALYTICS,
        r"^how (?:am|was|were|did|have|is) (?:i|we|my)\b.*\b(?:doing|do|been doing|progress(?:ing)?|productiv\w+)\b(?! (?:in|on) (?:my|the) (?:account|test))(?!.*\blist\b)",
        _at_home,
    ),
    _rule(
        Intent.ANALYTICS,
        r"\b(?:productivity|streaks?|completion rate|statistics|stats|analytics|my progress)\b",
        lambda s: _at_home(s) and not re.search(r"\b\w+'s? stats\b|\bwoods?\b", s.core),
    ),
    _rule(
        Intent.ANALYTICS,
        r"^(?:give me )?(?:a |my |the )?(?:weekly |monthly |daily )?(?:summary|overview|report)\b(?! of (?:reviews|the news))|\bsum(?:marize|marise)\b.*\b(?:week|month|day|tasks?)\b|\bsummary of (?:my|the|this|last)\b",
        _at_home,
    ),
    _rule(
        Intent.ANALYTICS,
        r"^how (?:many|much)\b.*\b(?:have i|did i|i have|i)\b.*\b(?:finish|finished|complete|completed|done|get done|got done|accomplish\w*)\b",
        _at_home,
    ),
    _rule(Intent.TAGS, r"\b(?:which|what|show|list|all|my)\b.*\b(?:tags|labels)\b", _at_home),
    _rule(
        Intent.MORE,
        r"^(?:show|see|list|tell|display|displays|view|give me|read)?(?: me)?(?: the)? ?(?:more|greater|next (?:page|website|ones?)|previous(?:ly)?(?: page| ones?)?|back|last time|the rest|next \d+)$",
    ),
)

_LOOK = r"(?:what|which|when|where|who|how|is|are|am|do|does|did|have|has|will|any|show|read|tell|give|list|display|find|check|open|view|see|look|get|pull|search|recite|repeat|review|retrieve|let me|go through|know|hear|obtain|locate|count|provide|access|inform|state|name|there|need|put on the screen|bring up|recall|remind|report|want|take me|confirm|i (?:need|want|do have|had|have|wonder|wanted)|how|if|print|all|make sure|please|on my|in my|at|you have|shall we|was|were)"
_QUERIES = (
    _rule(
        Intent.NONE,
        r"\b(?:events?|meetups?|concerts?) (?:are |is )?(?:happening |going on )?(?:in|near|around|for) (?!my\b|the\b|me\b|this\b|next\b|today|tomorrow|tonight|january|february|march|april|may|june|july|august|sept|october|november|december|mon|tue|wed|thu|fri|sat|sun|\d)",
    ),
    _rule(
        Intent.NONE,
        r"\b(?:list|lists|listings?)\b.*\b(?:emails?|transactions?|purchases|shops|songs|movies|restaurants|airlines|for sale|nearby|papers|players)\b|^where can i list\b",
    ),
    _rule(
        Intent.NONE,
        r"\b(?:next|upcoming|following|many) (?:public |bank |three day )?(?:holidays?|weekend|holiday days)\b(?!.*\b(?:calendar|schedule|list|plan)\b)",
    ),
    _rule(
        Intent.NONE,
        r"^(?:what|which|who|when|where|how|does|do|did|is|was|are|were|why)\b.*\b(?:game|team|casino|city|released|parents|born|famous|series|reviews?|requirements?|instructor|knicks(?=z))\b(?!.*\b(?:my|tonight|today|tomorrow|calendar|schedule|list|tasks?)\b)",
    ),
    _rule(
        Intent.NONE,
        r"\b(?:birthday|date of birth|your)\b.*\b(?:you|your)\b|^when (?:is|was) your\b|\btoday's date\b|\bdate today\b",
    ),
    _rule(
        Intent.LIST,
        r"^what (?:am i|i am|are we) (?:doing|going to do|up to|supposed to do)\b|^what (?:is )?(?:up )?next\b|^who am i meeting\b|^am i (?:busy|free|available|booked|supposed to)\b",
    ),
    _rule(
        Intent.LIST,
        rf"^what (?:is )?(?:else )?(?:is )?(?:going on|happening|planned|scheduled|on|coming up|due|left|open|pending|overdue|in the books)\b(?:(?: (?:for me|to do|up))* (?:{_DAY_WORD}|yet|still|now|my|day|week)\b|$)(?!.* (?:world|theaters?|town|news|tv|city))",
        _at_home,
    ),
    _rule(
        Intent.LIST,
        r"\b(?:overdue|past due|due (?:today|tomorrow|tonight|soon|next|this|on|by|in|before|after|now)|late tasks?)\b",
        _at_home,
    ),
    _rule(
        Intent.LIST,
        r"^when (?:is|are|was) .*\bdue$|^is .* due\b",
        lambda s: _at_home(s) and not re.search(r"\bearn", s.core),
    ),
    _rule(
        Intent.LIST,
        r"^what (?:else |things |all |chores |stuff |days |items )?(?:do|did|have|must|should|does|will) i (?:still )?(?:have|need|got|want|plan(?:ned)?|put|set|mark|ask|do)?\b(?:(?: left| still| to)* (?:do|buy|get|accomplish|remember|finish|have)\b(?! (?:with|about|if|to|when) )|.*\b(?:planned|scheduled|coming up|going on|booked|left|today|tomorrow|tonight|list|calendar|next|on|from|afternoon|evening|morning)\b)",
        lambda s: (
            _at_home(s) and not re.search(r"\b(?:days? off|owe|to go to work|at the airport)\b", s.core)
        ),
    ),
    _rule(
        Intent.LIST,
        r"^do i (?:have|need|got|already have) (?:any ?thing|any|something|plans|to (?:get|buy|do)|stuff|undone|openings)\b(?! .*\b(?:shot|money|personal days|missed call))",
        lambda s: _at_home(s),
    ),
    _rule(
        Intent.LIST,
        r"^(?:is|are) (?:there )?any ?thing\b.*\b(?:happening|planned|scheduled|due|on|reminded|going on|i)\b(?! (?:the )?(?:news|earth|world))(?!.*newscast)",
        _at_home,
    ),
    _rule(
        Intent.LIST,
        r"\b(?:things?|what|everything|stuff|anything) (?:i|that i|we) (?:have|need|must|am supposed|wanted|want|planned|was supposed) (?:left )?to (?:do|buy|get|remember|finish|accomplish)\b(?! (?:with|about|when|if) )",
        lambda s: _at_home(s) and not re.search(r"^what do i need to do (?:if|to)", s.core),
    ),
    _rule(
        Intent.LIST,
        r"^(?:which|what) (?:day|days|time|date)\b.*\b(?:my|i|this|the)\b.*\b(?:plans?|booked|free|busy|birthday|party|event|anniversary|meeting|appointment|match|calendar)\b",
        _at_home,
    ),
    _rule(
        Intent.LIST,
        r"\bwhat (?:does|is) (?:my|the|today's|tomorrow's)\b.*\b(?:look(?:ing)? like|schedule|agenda|plans?)\b",
        _at_home,
    ),
    _rule(
        Intent.LIST,
        rf"^{_LOOK}\b.*\b(?:my|the|today's|tomorrow's|current|recent|reminder|shopping|grocery|to-? ?do|todo|task|all|a|this|specific|available|open|undone|pending|these|your|our|own|on|any|lists?|schedules?|events?|meetings?|appointments?|note|notes|calendar|as)\b.*\b(?:{_C})\b|^{_LOOK} (?:me )?(?:{_C})\b|\b(?:{_C})\b.*\b(?:already have|contain|include|consist|entail|read|look)",
        lambda s: not re.search(r"\b(?:cards?|contacts?|emails?|movie|flights?|bank)\b", s.core),
    ),
    _rule(
        Intent.LIST,
        rf"^{_LOOK}\b.*\b(?:{_O}|reminders|alerts)\b",
        lambda s: (
            _at_home(s)
            and not re.search(
                r"\b(?:dog|your|prime|super bowl|notify|vaccin\w*|odds|switch)\b|\b(?:class|game|match|lessons?|date|trips?|practice|dinner|lunch|holidays?|breakfasts?|dates?)\b(?<!my)",
                s.core,
            )
        ),
    ),
    _rule(
        Intent.LIST,
        rf"^{_LOOK}\b.*\b(?:my|today's|tonight's|the)\b (?:\w+ ){{0,2}}(?:{_O})\b(?!.*\b(?:in the world|song|movie)\b)",
        lambda s: (
            _at_home(s)
            and not re.search(r"\b(?:your|movie|odds|casino|won|super|game|price|bring|cook|eat)\b", s.core)
        ),
    ),
    _rule(
        Intent.LIST,
        rf"^(?:(?:my|the|all|next|upcoming|current|groceries|latest|today's|our|to-?do|shopping|pending|overdue) ){{0,3}}(?:\w+ )?(?:{_C}|events|meetings?|appointments?)(?: (?:i have|for|please|today|tomorrow|this|next|after|on|calendar|[a-z]+day|that|week|month|s)\b.*)?$",
        lambda s: not re.search(r"\b(?:add|new|create|playlist)\b", s.core) and len(s.core.split()) <= 7,
    ),
    _rule(
        Intent.LIST,
        r"\b(?:notes|groceries|grocery items|purchases|items? (?:i am|i) (?:planning|need))\b.*\b(?:list|groceries|shopping|saved|buy|purchase|notes)\b|^my \w+ planning$|\bgoogle keep\b|^(?:review|access|display|recite|read|list) (?:my |the |all )?(?:notes|items|everything|entry)\b",
        lambda s: not re.search(r"\bstores? that|coupons|deny|transactions\b", s.core),
    ),
    _rule(
        Intent.LIST,
        r"^(?:show|list|see|display|give|find|get)(?: me)? (?:(?:my|the|all|everything|only|high|low|medium|urgent|completed|done|finished|open|pending|today's) ?)+(?:priority|items?|ones?|stuff|things)?$",
        _at_home,
    ),
)

_BARE = (
    _rule(
        Intent.ADD,
        rf"\b(?:{_O})\b",
        lambda s: (
            s.dated()
            and not s.foreign()
            and not words.is_question(s.core)
            and not re.match(r"^(?:show|tell|find|give|read|order|play|turn|send|rent)\b", s.core)
        ),
    ),
    _rule(
        Intent.ADD,
        r"^\w+ \w+",
        lambda s: (
            s.dated()
            and words.starts_with_chore(s.core)
            and not s.foreign()
            and not re.match(
                r"^(?:order|send|get me|text|give me|help|turn|make the|do you|try|call me|find)\b", s.core
            )
        ),
    ),
    _rule(
        Intent.ADD,
        r"^(?:on |at |this |next )?(?:mon|tues|wednes|thurs|fri|satur|sun)day (?:at )?\S+",
        lambda s: not s.foreign(),
    ),
    _rule(
        Intent.ADD,
        rf"^(?:a |new |my )?(?:\w+ ){{0,3}}(?:birthday|baby shower|party|anniversary)$",
        _about_tasks_at_home,
    ),
)

_TABLES = (_SMALL_TALK, _NUMBERS, _STATES, _DELETIONS, _REMINDERS, _CHANGES, _ADDITIONS, _QUERIES, _BARE)


def read_intent(text: str) -> Intent:
    """What the utterance wants, by itself; `Intent.NONE` where it is not about tasks. Never raises."""
    whole = words.plain(text[:2000])
    said = _Said(whole, words.without_courtesy(whole))
    for table in _TABLES:
        for rule in table:
            spoken = whole if table is _SMALL_TALK else said.core
            if rule.pattern.search(spoken) and rule.only_if(said):
                return rule.intent
    return Intent.NONE

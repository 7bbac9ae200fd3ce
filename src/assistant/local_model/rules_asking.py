"""Questions about what is there, and about what was done."""

import re

from src.assistant.local_model.rules import (
    CONTAINER,
    GATHERING,
    OCCASION,
    Intent,
    Rule,
    asks,
    at_home,
    home_or_contained,
    rule,
)

_DAY_WORD = (
    r"(?:today|tonight|tomorrow|this|next|on|at|in the|for|the|over|during|mon|tue|wed|thu|fri|sat|sun)"
)
_LOOK = (
    r"(?:what|which|when|where|who|how|is|are|am|do|does|did|have|has|will|any|show|read|tell|give|list"
    r"|display|find|check|open|view|see|look|get|pull|search|recite|repeat|review|retrieve|let me"
    r"|go through|know|hear|obtain|locate|count|provide|access|inform|state|name|there|need"
    r"|put on the screen|bring up|recall|remind|report|want|take me|confirm|i (?:need|want|do have|had"
    r"|have|wonder|wanted)|how|if|print|all|make sure|please|on my|in my|at|you have|shall we|was|were)"
)

NUMBERS: tuple[Rule, ...] = (
    rule(
        Intent.NONE,
        r"^how (?:do|can|would|should|to|did) (?:i|you|we|one)\b(?!.*\b(?:my (?:list|schedule"
        r"|calendar|day|week)|look|doing)\b)",
        lambda s: re.match(r"^how did (?:i|we) do\b", s.core) is None,
    ),
    rule(Intent.NONE, r"^what (?:is )?(?:the )?(?:date|day|time)\b(?: is it)?(?: today| tomorrow| now)?$"),
    rule(
        Intent.ANALYTICS,
        r"^how (?:am|was|were|did|have|is) (?:i|we|my)\b.*\b(?:doing|do|been doing|progress(?:ing)?"
        r"|productiv\w+)\b(?! (?:in|on) (?:my|the) (?:account|test))(?!.*\blist\b)",
        at_home,
    ),
    rule(
        Intent.ANALYTICS,
        r"\b(?:productivity|streaks?|completion rate|statistics|stats|analytics|my progress)\b",
        lambda s: at_home(s) and not re.search(r"\b\w+'s? stats\b|\bwoods?\b", s.core),
    ),
    rule(
        Intent.ANALYTICS,
        r"^(?:give me )?(?:a |my |the )?(?:weekly |monthly |daily )?(?:summary|overview"
        r"|report)\b(?! of (?:reviews|the news))|\bsum(?:marize|marise)\b.*\b(?:week|month|day"
        r"|tasks?)\b|\bsummary of (?:my|the|this|last)\b",
        at_home,
    ),
    rule(
        Intent.ANALYTICS,
        r"^how (?:many|much)\b.*\b(?:have i|did i|i have|i)\b.*\b(?:finish|finished|complete"
        r"|completed|done|get done|got done|accomplish\w*)\b",
        at_home,
    ),
    rule(Intent.TAGS, r"\b(?:which|what|show|list|all|my)\b.*\b(?:tags|labels)\b", at_home),
    rule(
        Intent.MORE,
        r"^(?:show|see|list|tell|display|displays|view|give me|read)?(?: me)?(?: the)? ?(?:more"
        r"|greater|next (?:page|website|ones?)|previous(?:ly)?(?: page| ones?)?|back|last time"
        r"|the rest|next \d+)$",
    ),
)

QUERIES: tuple[Rule, ...] = (
    rule(
        Intent.LIST,
        r"^what (?:all |else )?(?:do|have) i (?:have|got)(?: (?:now|left|still|there|open|pending|to do))*$"
        r"|^what is (?:still )?on my plate\b|^(?:so )?what is left$|^what (?:must|should|can) i do(?: now"
        r"| next)?$",
    ),
    rule(
        Intent.LIST,
        r"^(?:tell|show|what|how)\b.*\bmy (?:day|week|weekend|morning|afternoon|evening)\b",
        at_home,
    ),
    rule(Intent.LIST, r"^what (?:was|am|were) (?:i|we) supposed to (?:remember|do|buy|get)\b", at_home),
    rule(Intent.LIST, r"^what do i have (?:at|around|before|after) ", at_home),
    rule(
        Intent.LIST, rf"\b(?:location|address|time|date|place) (?:of|for) (?:my|the)\b.*\b{GATHERING}\b", asks
    ),
    rule(
        Intent.LIST,
        r"^(?:show|list|display|find|see|view|give me|get)(?: me)?\b.*\b(?:tasks|to-?dos|todos"
        r"|reminders)\b",
        at_home,
    ),
    rule(
        Intent.LIST,
        r"^(?:what|which)(?: tasks| things)? (?:did|have) i (?:already )?(?:finish|finished"
        r"|complete|completed|done|do)\b",
        at_home,
    ),
    rule(
        Intent.NONE,
        r"\b(?:events?|meetups?|concerts?) (?:are |is )?(?:happening |going on )?(?:in|near|around"
        r"|for) (?!my\b|the\b|me\b|this\b|next\b|today|tomorrow|tonight|january|february|march"
        r"|april|may|june|july|august|sept|october|november|december|mon|tue|wed|thu|fri|sat|sun|\d)",
    ),
    rule(
        Intent.NONE,
        r"\b(?:list|lists|listings?)\b.*\b(?:emails?|transactions?|purchases|shops|songs|movies"
        r"|restaurants|airlines|for sale|nearby|papers|players)\b|^where can i list\b",
    ),
    rule(
        Intent.NONE,
        r"\b(?:next|upcoming|following|many) (?:public |bank |three day )?(?:holidays?|weekend"
        r"|holiday days)\b(?!.*\b(?:calendar|schedule|list|plan)\b)",
    ),
    rule(
        Intent.NONE,
        r"^(?:what|which|who|when|where|how|does|do|did|is|was|are|were|why)\b.*\b(?:game|team"
        r"|casino|city|released|parents|born|famous|series|reviews?|requirements?|instructor"
        r"|knicks(?=z))\b(?!.*\b(?:my|tonight|today|tomorrow|calendar|schedule|list|tasks?)\b)",
    ),
    rule(
        Intent.NONE,
        r"\b(?:birthday|date of birth|your)\b.*\b(?:you|your)\b|^when (?:is|was) your\b"
        r"|\btoday's date\b|\bdate today\b",
    ),
    rule(
        Intent.LIST,
        r"^how many (?:lists?|tasks?|to-?dos|reminders?) (?:are|do|is)\b|^what (?:am i|i am"
        r"|are we) (?:doing|going to do|up to|supposed to do)\b|^what (?:is )?(?:up )?next\b"
        r"|^who am i meeting\b|^am i (?:busy|free|available|booked|supposed to)\b",
    ),
    rule(
        Intent.LIST,
        r"^what (?:is )?(?:else )?(?:is )?(?:going on|happening|planned|scheduled|on|coming up|due"
        rf"|left|open|pending|overdue|in the books)\b(?:(?: (?:for me|to do|up))* (?:{_DAY_WORD}|yet"
        r"|still|now|my|day|week)\b|$)(?!.* (?:world|theaters?|town|news|tv|city))",
        at_home,
    ),
    rule(
        Intent.LIST,
        r"\b(?:overdue|past due|due (?:today|tomorrow|tonight|soon|next|this|on|by|in|before|after"
        r"|now)|late tasks?)\b",
        at_home,
    ),
    rule(
        Intent.LIST,
        r"^where (?:do|should|must) i (?:have to|need to)? ?be\b|\b(?:do|did) i have (?:planned"
        r"|scheduled|going on|booked|coming up)\b",
        at_home,
    ),
    rule(
        Intent.LIST,
        r"^what is on (?:the )?(?:january|february|march|april|may|june|july|august|september"
        r"|october|november|december|\d)",
        at_home,
    ),
    rule(
        Intent.LIST,
        r"^(?:check|view|show|open|find|see|read|display|search|look|list)\b.*\b(?:calendars?"
        r"|agendas?|schedules?|to-?do lists?|todo lists?|grocery notes)\b",
        home_or_contained,
    ),
    rule(
        Intent.LIST,
        r"^(?:show|find|view|display|locate|obtain|list|check|see)\b.*\b(?:meetings?|appointments?"
        r"|appts?)\b",
        at_home,
    ),
    rule(
        Intent.LIST,
        r"^when (?:is|are|was) .*\bdue$|^is .* due\b",
        lambda s: at_home(s) and not re.search(r"\bearn", s.core),
    ),
    rule(
        Intent.LIST,
        r"^what (?:else |things |all |chores |stuff |days |items )?(?:do|did|have|must|should|does"
        r"|will) i (?:still )?(?:have|need|got|want|plan(?:ned)?|put|set|mark|ask|do)?\b(?:(?: left"
        r"| still| to)* (?:do|buy|get|accomplish|remember|finish|have)\b(?! (?:with|about|if|to"
        r"|when|now that) )|.*\b(?:planned|scheduled|coming up|going on|booked|left|today|tomorrow"
        r"|tonight|list|calendar|next|on|from|afternoon|evening|morning)\b)",
        lambda s: at_home(s) and not re.search(r"\b(?:days? off|owe|to go to work|at the airport)\b", s.core),
    ),
    rule(
        Intent.LIST,
        r"^do i (?:have|need|got|already have) (?:any ?thing|any|something|plans|to (?:get|buy|do)"
        r"|stuff|undone|openings)\b(?! .*\b(?:shot|money|personal days|missed call))",
        at_home,
    ),
    rule(
        Intent.LIST,
        r"^(?:is|are) (?:there )?any ?thing\b.*\b(?:happening|planned|scheduled|due|on|reminded"
        r"|going on|i)\b(?! (?:the )?(?:news|earth|world))(?!.*newscast)",
        at_home,
    ),
    rule(
        Intent.LIST,
        r"\b(?:things?|what|everything|stuff|anything) (?:i|that i|we) (?:have|need|must"
        r"|am supposed|wanted|want|planned|was supposed) (?:left )?to (?:do|buy|get|remember|finish"
        r"|accomplish)\b(?! (?:with|about|when|if) )",
        lambda s: at_home(s) and not re.search(r"^what do i need to do (?:if|to)", s.core),
    ),
    rule(
        Intent.LIST,
        r"^(?:which|what) (?:day|days|time|date)\b.*\b(?:my|i|this|the)\b.*\b(?:plans?|booked|free"
        r"|busy|birthday|party|event|anniversary|meeting|appointment|match|calendar)\b",
        at_home,
    ),
    rule(
        Intent.LIST,
        r"\bwhat (?:does|is) (?:my|the|today's|tomorrow's)\b.*\b(?:look(?:ing)? like|schedule"
        r"|agenda|plans?)\b",
        at_home,
    ),
    rule(
        Intent.LIST,
        rf"^{_LOOK}\b.*\b(?:my|the|today's|tomorrow's|current|recent|reminder|shopping|grocery"
        r"|to-? ?do|todo|task|all|a|this|specific|available|open|undone|pending|these|your|our|own"
        r"|on|any|lists?|schedules?|events?|meetings?|appointments?|note|notes|calendar|as|what"
        rf"|which|many|names?)\b.*\b(?:{CONTAINER})\b|^{_LOOK} (?:me )?(?:{CONTAINER})\b"
        rf"|\b(?:{CONTAINER})\b.*\b(?:already have|contain|include|consist|entail|read|look)",
        lambda s: not re.search(r"\b(?:cards?|contacts?|emails?|movie|flights?|bank)\b", s.core),
    ),
    rule(
        Intent.LIST,
        rf"^{_LOOK}\b.*\b(?:{GATHERING}|reminders|alerts)\b",
        lambda s: at_home(s) and not re.search(r"\b(?:your|prime|notify|vaccin\w*|near|nearby)\b", s.core),
    ),
    rule(
        Intent.LIST,
        rf"^{_LOOK}\b.*\b(?:my|today's|tonight's"
        rf"|the)\b (?:\w+ ){{0,2}}(?:{OCCASION})\b(?!.*\b(?:in the world|song|movie)\b)",
        lambda s: (
            at_home(s)
            and not re.search(r"\b(?:your|movie|odds|casino|won|super|game|price|bring|cook|eat)\b", s.core)
        ),
    ),
    rule(
        Intent.LIST,
        r"^(?:(?:my|the|all|next|upcoming|current|groceries|latest|today's|our|to-?do|shopping"
        rf"|pending|overdue) ){{0,3}}(?:\w+ )?(?:{CONTAINER}|events|meetings?"
        r"|appointments?)(?: (?:i have|for|please|today|tomorrow|this|next|after|on|calendar"
        r"|[a-z]+day|that|week|month|s)\b.*)?$",
        lambda s: not re.search(r"\b(?:add|new|create|playlist)\b", s.core) and len(s.core.split()) <= 7,
    ),
    rule(
        Intent.LIST,
        r"\b(?:notes|groceries|grocery items|purchases|items? (?:i am|i) (?:planning"
        r"|need))\b.*\b(?:list|groceries|shopping|saved|buy|purchase|notes)\b|^my \w+ planning$"
        r"|\bgoogle keep\b|^(?:review|access|display|recite|read|list) (?:my |the |all )?(?:notes"
        r"|items|everything|entry)\b",
        lambda s: not re.search(r"\bstores? that|coupons|deny|transactions\b", s.core),
    ),
    rule(
        Intent.LIST,
        r"^(?:show|list|see|display|give|find|get)(?: me)? (?:(?:my|the|all|everything|only|high"
        r"|low|medium|urgent|completed|done|finished|open|pending|today's) ?)+(?:priority|items?"
        r"|ones?|stuff|things)?$",
        at_home,
    ),
)

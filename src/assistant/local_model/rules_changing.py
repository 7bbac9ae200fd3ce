"""Orders to finish, reopen, skip, change or delete what is there."""

import re

from src.assistant.local_model import words
from src.assistant.local_model.rules import (
    CONTAINER,
    Intent,
    Rule,
    about_tasks,
    at_home,
    home_or_contained,
    rule,
)

_DELETES = (
    r"(?:delete|remove|erase|cancel|clear|discard|drop|scrap|trash|wipe|empty|destroy|scratch|omit"
    r"|purge|disregard|get rid of|rm|kill|away off|clean out|throw (?:out|away)|reset all|strike"
    r"|dump|free up)"
)

STATES: tuple[Rule, ...] = (
    rule(
        Intent.DELETE,
        r"(?:\bso|\band|,) (?:please |you can |can you )?"
        r"(?:take (?:it|that|this|them) off|(?:remove|delete|erase) (?:it|that|this|them))\b",
    ),
    rule(Intent.DELETE, r"^forget about\b", about_tasks),
    rule(Intent.REOPEN, r"^(?:reopen|re-open|uncomplete|uncheck|untick|unmark)\b"),
    rule(
        Intent.REOPEN,
        r"^(?:mark|set|make)\b.*\b(?:not (?:done|complete|completed|finished)|undone|incomplete"
        r"|uncompleted|unfinished|pending|open)(?: again)?$",
        at_home,
    ),
    rule(Intent.REOPEN, r"\b(?:is|was|am) not (?:done|finished|complete)\b(?: with\b.*| yet)?", at_home),
    rule(
        Intent.STOP,
        r"\bstop\b.*\b(?:repeating|recurring|repeat|recurrence)\b|\b(?:not|no longer"
        r"|never) (?:be )?(?:repeat|recur)|\bremove the (?:repeat|recurrence)\b"
        r"|^make .*\b(?:non-?recurring|one-?off|one time)\b",
    ),
    rule(Intent.SKIP, r"^skip\b(?!.*\b(?:songs?|tracks?|ads?|videos?|chapter|episode)\b)(?! to\b)"),
    rule(Intent.COMPLETE, r"^(?:check|tick|cross|strike) (?:.* )?off\b"),
    rule(
        Intent.COMPLETE,
        r"^(?:mark|set|flag)\b.*\b(?:done|complete|completed|finished|purchased|bought)$"
        r"|^all (?:have|has|are) (?:been )?(?:done|completed|finished|purchased|bought)\b",
    ),
    rule(Intent.COMPLETE, r"^mark\b.*\b(?:as )?(?:done|complete|completed|finished)\b"),
    rule(Intent.COMPLETE, r"^mark .*\b(?:on|from|off|in) (?:my |the |our )?(?:\w+ ){0,2}list\b"),
    rule(
        Intent.COMPLETE,
        r"^(?:tasks? )?(?:finish(?:ed)?|complete[d]?|done|accomplished)\b (?!.*\?)",
    ),
    rule(
        Intent.COMPLETE,
        r"^(?:i|we) (?:have |just |already |am |have just |have already )*(?:finished|completed"
        r"|done|did|accomplished|took care of|finish)\b(?! (?:i|you|we|they|my phone)\b)",
        at_home,
    ),
    rule(
        Intent.COMPLETE,
        r"^(?!what|is|are|has|have|did|do|how|when).*\b(?:has|have|is|are)(?: all| already"
        r"| now)? (?:been )?(?:done|completed|finished|purchased|complete)\b(?! (?:on|in)\b)",
        at_home,
    ),
)

DELETIONS: tuple[Rule, ...] = (
    rule(Intent.DELETE, rf"^{_DELETES}\b", home_or_contained),
    rule(Intent.DELETE, rf"^{_DELETES}\b.*\b(?:item|event|task|list|reminder)\b"),
    rule(
        Intent.DELETE,
        r"^(?:clean)\b.*\blists?\b|^(?:make|leave) (?:it |my )?blank\b|^make .*\b(?:calendar"
        r"|schedule)\b.*\b(?:clear|empty|blank)\b",
    ),
    rule(Intent.DELETE, r"^(?:completely|fully|totally) (?:clear|empty|erase|wipe|delete)\b"),
    rule(Intent.DELETE, r"^take\b(?! (?:note|me)\b).*\b(?:off|from|away|out)\b", about_tasks),
    rule(Intent.DELETE, r"^take (?:away|off)\b"),
    rule(Intent.DELETE, r"^move\b.*\bto (?:the )?(?:trash|bin)\b"),
    rule(
        Intent.DELETE,
        rf"\b(?:and|then|so|to|please|you|{CONTAINER})[ ,]+(?:can you |could you |please )?(?:delete"
        r"|remove|erase|cancel|take (?:it|that|this|them) off)\b",
        about_tasks,
    ),
    rule(Intent.DELETE, r"\bi (?:need|want) to (?:cancel|delete|remove|erase)$"),
    rule(
        Intent.DELETE,
        r"^(?:delete|remove|erase)\b",
        lambda s: (
            not re.search(
                r"\b(?:accounts?|cards?|songs?|lights?|settings|stains?|emails|messages|my \w+ order)\b",
                s.core,
            )
        ),
    ),
    rule(
        Intent.DELETE,
        r"\b(?:deleted|removed|erased|cancelled|canceled|taken (?:off|away)|cleared)\b(?! (?:by"
        r"|from the world))",
        lambda s: s.about_tasks() and not words.is_question(s.core),
    ),
    rule(
        Intent.DELETE,
        rf"\b(?:not|no longer) (?:want|need)\b.*\b(?:{CONTAINER}|anymore|any more|forget)\b"
        r"|\bno longer need\b",
        about_tasks,
    ),
    rule(Intent.DELETE, r"\bno longer need\b.*\b(?:forget|off)\b|\bnot need\b.*\btake\b.*\boff\b"),
    rule(
        Intent.DELETE,
        r"\b(?:needs? to be|should be|is|are|be) (?:completely |totally )?(?:clear|empty"
        r"|blank)(?:ed)?\b|\bno events? on my\b",
        lambda s: words.names_container(s.core) and not words.is_question(s.core),
    ),
)

CHANGES: tuple[Rule, ...] = (
    rule(
        Intent.UPDATE,
        r"^bring\b.*\bforward\b|\b(?:is|was|got) (?:moved|changed|rescheduled) to\b",
        about_tasks,
    ),
    rule(
        Intent.UPDATE,
        r"^(?:make|mark|set|flag)\b(?! (?:this|the) note).*\b(?:urgent|important|(?:high|highest"
        r"|top|medium|low|no) priority)$",
        at_home,
    ),
    rule(
        Intent.UPDATE,
        r"^(?:reschedule|postpone|rename|re-?prioriti[sz]e|prioriti[sz]e|deprioriti[sz]e|tag|untag"
        r"|retitle|delay|bring forward|snooze|defer)\b(?!.*\b(?:songs?|lights?|flight|reservation)\b)",
    ),
    rule(
        Intent.UPDATE,
        r"^(?:change|move|push|shift|update|edit|modify|adjust|extend|shorten|correct)\b(?! (?:to"
        r"|your|into)\b)(?!.*\blist with\b)",
        lambda s: (
            (not s.foreign() or s.about_tasks())
            and (
                s.about_tasks()
                or s.dated()
                or bool(
                    re.search(
                        r"\b(?:it|that|this|time|date|title|priority|one|tag|tags|category"
                        r"|description|room|location|\d+)\b",
                        s.core,
                    )
                )
            )
        ),
    ),
    rule(
        Intent.UPDATE,
        r"^make (?:it|that|this|the|my|number|task|#?\d)\b.*",
        lambda s: (
            not s.foreign()
            and (
                s.dated()
                or bool(
                    re.search(
                        r"\b(?:later|earlier|priority|urgent|important|due|repeat|recurring|weekly"
                        r"|daily|monthly|start)\b",
                        s.core,
                    )
                )
            )
        ),
    ),
    rule(
        Intent.UPDATE,
        r"^(?:set|give|change|lower|raise|increase|put)\b.*\b(?:priority|due date|deadline)\b",
        at_home,
    ),
    rule(
        Intent.UPDATE,
        r"\b(?:should|must|needs to|has to) be (?:changed|moved|rescheduled|updated)\b|\b(?:has"
        r"|have) (?:been )?(?:moved|changed|rescheduled)\b|^call it\b",
        lambda s: not s.foreign() and not words.is_question(s.core),
    ),
    rule(
        Intent.UPDATE,
        r"^find (?:a new|another) (?:room|time|place|day) for\b",
        about_tasks,
    ),
    rule(Intent.UPDATE, r"^set (?:it|that|this|the due date)\b.*\bto\b", at_home),
)

"""Small talk: greetings, thanks, help, yes and no, taking back."""

from src.assistant.local_model.rules import (
    Intent,
    Rule,
    rule,
)

SMALL_TALK: tuple[Rule, ...] = (
    rule(Intent.UNDO, r"^(?:undo|revert|take (?:that|it) back)\b(?!.*\bcomplet)"),
    rule(
        Intent.NO,
        r"^(?:(?:no|nope|nah|wait|just|never ?mind|let us|stop)[ ,]*)*(?:(?:cancel|forget)(?: (?:it"
        r"|that|this))?|no|nope|nah|never ?mind|do not|stop|don't do that|do not do that)$",
    ),
    rule(
        Intent.YES,
        r"^(?:yes|yep|yeah|yup|sure|ok|okay|confirm|do it|go ahead|correct|right|that is it"
        r"|it is ok|absolutely|of course)(?:[ ,]+(?:please|do it|do that|go ahead|just do that"
        r"|all of them|sure|delete (?:them|it|all)(?: all)?|save it))*$",
    ),
    rule(
        Intent.GREETING,
        r"^(?:hi|hello|hey|good (?:morning|afternoon|evening|day)|greetings|howdy|yo)(?: there| you"
        r"| again|[ ,]+friend)?$",
    ),
    rule(
        Intent.THANKS,
        r"^(?:thanks?|thank you|thx|cheers|great|perfect|awesome|cool|nice)\b[^?]{0,30}$",
        lambda said: not said.about_tasks(),
    ),
    rule(
        Intent.HELP,
        r"^(?:help(?: me)?|what can (?:you|i) (?:do|say|ask|type)(?: here| for me)?"
        r"|how does this work|how do(?: i|es one)? use (?:this|you)|commands|what do you do)$",
    ),
)

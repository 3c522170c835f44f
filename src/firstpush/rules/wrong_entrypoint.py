"""FP306: The start command names a module or an application object that does not exist."""

from firstpush.rules.framework import Rule

RULE = Rule(
    "FP306",
    "wrong-entrypoint",
    "The start command names a module or an application object that does not exist.",
    triggers=("wrong-entrypoint-path", "asgi-handler"),
    help=("name the module and the object as they are, from the folder that the app starts in"),
)

"""FP307: `$PORT` reaches the server literally, because no shell expands it."""

from firstpush.rules.framework import Rule

RULE = Rule(
    "FP307",
    "port-not-expanded",
    "`$PORT` reaches the server literally, because no shell expands it.",
    triggers=("port-not-expanded",),
    help=('let a shell expand it: `sh -c "exec uvicorn main:app --host 0.0.0.0 --port $PORT"`'),
)

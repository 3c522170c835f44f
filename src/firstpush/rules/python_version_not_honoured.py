"""FP111: The builder does not take the Python version that the project asks for."""

from firstpush.rules.framework import Rule

RULE = Rule(
    "FP111",
    "python-version-not-honoured",
    "The builder does not take the Python version that the project asks for.",
    triggers=("python-version-not-honoured", "python-version-invalid"),
    help=("ask for the version in the one place and form that this builder reads"),
)

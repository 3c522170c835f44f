"""FP208: The project itself cannot be built as a distribution where the builder installs it."""

from firstpush.rules.framework import Rule

RULE = Rule(
    "FP208",
    "project-cannot-be-built",
    "The project itself cannot be built as a distribution where the builder installs it.",
    triggers=("package-discovery",),
    help=("tell the build backend which packages to ship, or install only the requirements"),
)

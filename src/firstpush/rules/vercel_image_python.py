"""FP501: An install command runs on the build image's own Python, which uv manages."""

from firstpush.rules.framework import Rule

RULE = Rule(
    "FP501",
    "vercel-install-into-image-python",
    "An install command runs on the build image's own Python, which uv manages.",
    triggers=(
        "vercel/pep668-refused",
        "vercel/not-a-virtualenv",
    ),
    help="delete the command: functions get their packages from requirements.txt or pyproject.toml by themselves",
)

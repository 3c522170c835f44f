"""FP504: `--user` inside Vercel's build venv."""

from firstpush.rules.framework import Rule

RULE = Rule(
    "FP504",
    "vercel-user-install",
    "`--user` inside Vercel's build venv.",
    triggers=("vercel/user-site-unavailable",),
    help="delete the command: Vercel installs the manifest by itself",
)

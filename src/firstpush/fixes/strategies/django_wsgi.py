"""Nixpacks refuses a Django app whose settings do not say WSGI_APPLICATION: say it, where there is a wsgi.py."""

from __future__ import annotations

from collections.abc import Iterator

from firstpush.fixes.proposal import Proposal, Situation
from firstpush.syntax.line_edit import append_line

NAME = "django-wsgi"
INSTALL = False


def propose(situation: Situation) -> Iterator[Proposal]:
    if not any(problem.key == "nixpacks-django-wsgi" for problem in situation.prediction.plan.problems):
        return
    root = situation.path("")
    for path in situation.tree.below(root.rstrip("/"), "/wsgi.py"):
        package = path.removeprefix(root).removesuffix("/wsgi.py")
        settings = [f"{root}{package}/settings.py", f"{root}{package}/settings/base.py"]
        for name in settings:
            source = situation.tree.source(name) if situation.tree.exists(name) else None
            if source is None:
                continue
            line = f'WSGI_APPLICATION = "{package.replace("/", ".")}.wsgi.application"'
            title = f"say {line.split(' = ')[0]} in {name}, which Nixpacks looks for"
            yield Proposal(NAME, title, (append_line(source, line),), names=frozenset({"*"}))
            break

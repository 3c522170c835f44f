"""No file says what the app needs: one with what it imports and with the server that runs it."""

from __future__ import annotations

from collections.abc import Iterator

from firstpush.fixes.proposal import Proposal, Situation
from firstpush.fixes.strategies.no_start import server_of
from firstpush.model.cause import Cause
from firstpush.model.diagnostic import FileChange
from firstpush.packages.names import distributions_for, is_standard, known
from firstpush.project.app import describe

NAME = "requirements-file"
INSTALL = False
CAUSES = (Cause.NO_BUILD_PLAN, Cause.MODULE_NOT_FOUND_AT_START, Cause.MISSING_DEPENDENCY)
_MANIFESTS = ("requirements.txt", "pyproject.toml", "Pipfile")


def propose(situation: Situation) -> Iterator[Proposal]:
    tree, plan = situation.tree, situation.prediction.plan
    if not situation.found(*CAUSES) or any(
        path.rsplit("/", 1)[-1] in _MANIFESTS for path in tree.below(situation.path("").rstrip("/"))
    ):
        return
    app = describe(tree, plan.root or ".")
    local = {path.removeprefix(situation.path("")).split("/")[0].removesuffix(".py") for path in tree.files}
    tops = {each.module.split(".")[0] for group in app.imports.values() for each in group if not each.level}
    modules = sorted(top for top in tops if top and top not in local and not is_standard(top))
    names = {distributions_for(module)[0] for module in modules}
    names = {name for name in names if known(name)}
    server = server_of(app)
    if not names or app.framework is None:
        return
    if server is not None:
        names.add(server)
    path = situation.path("requirements.txt")
    text = "".join(f"{name}\n" for name in sorted(names))
    yield Proposal(
        NAME,
        f"add {path} with what the app imports: {', '.join(sorted(names))}",
        files=(FileChange(path, text),),
        names=frozenset({"phase:*", "packages", "libraries", "variables", "python"}),
        cost="Versions are not pinned: pin them once it runs (`pip freeze`).",
        behaviour="every distribution is installed in its newest version",
    )

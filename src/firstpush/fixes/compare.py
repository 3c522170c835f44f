"""What differs between two plans: plans go in, the names of their parts that are not equal come out."""

from __future__ import annotations

from firstpush.model.plan import Plan


def parts(plan: Plan) -> dict[str, object]:
    """A plan as comparable parts.

    `builder`; `packages` (what the setup installs); `phase:NAME` (commands and their environment by the builder's own
    phase); `start`; `health`; `variables`; `python` (the version that the machine's first interpreter has).
    """
    found: dict[str, object] = {
        "builder": plan.builder,
        "packages": sorted((group.manager, each.value) for group in plan.packages for each in group.names),
        "libraries": sorted(each.value for group in plan.packages for each in group.libraries),
        "variables": sorted((name, value.value) for name, value in plan.variables.items()),
        "python": python_version(plan),
    }
    for step in plan.steps:
        name = f"phase:{step.builder_phase or step.phase.value}"
        command = (str(step.command), step.shell, step.cwd, tuple(each.value for each in step.paths), step.files)
        group = found.setdefault(name, [])
        assert isinstance(group, list)
        group.append(command)
    if plan.start is not None:
        start = plan.start
        found["start"] = (str(start.command), start.shell, start.cwd, start.user)
    if plan.health is not None:
        path = plan.health.path
        found["health"] = (path.value if path else None, plan.health.port)
    return found


def python_version(plan: Plan) -> str | None:
    """`major.minor` of the first Python of the build machine."""
    if plan.machine is None or not plan.machine.interpreters:
        return None
    return ".".join(plan.machine.interpreters[0].version.split(".")[:2])


def differences(before: Plan, after: Plan) -> frozenset[str]:
    """Names of the parts that differ. A Python where there was none changes nothing that ran."""
    one, two = parts(before), parts(after)
    if one["python"] is None:
        one["python"] = two["python"]
    return frozenset(name for name in {*one, *two} if one.get(name) != two.get(name))

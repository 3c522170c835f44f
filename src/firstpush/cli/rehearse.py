"""`firstpush rehearse`: run the predicted plan for real in a sandboxed replica of the platform."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from firstpush.cli import options as shared
from firstpush.cli.output import Terminal, is_terminal, note, result, write
from firstpush.errors import NothingToCheck, UnreadableInput, UsageError

if TYPE_CHECKING:
    from firstpush.config.own import OwnConfig
    from firstpush.model.outcome import Outcome
    from firstpush.model.plan import Plan
    from firstpush.project.tree import ProjectTree
    from firstpush.rehearsal.values import Event, Rehearsal, RehearsalOptions

SUMMARY = "run the plan for real in a sandboxed replica: build, start, health check"
DESCRIPTION = """\
Takes the plan that `firstpush check` predicts with and runs it here, without Docker, in a sandboxed replica of the
platform: its file layout, its Python with its real marker, its PATH and shell; then the start command with the
platform's PORT; then the health check and your own requests. Every command's real outcome is held against the
predicted one. Nothing outside the sandbox is written, nothing of your home is read, and only the package index of your
pip and uv configuration is reached.
"""
EXAMPLES = """\
  firstpush rehearse
  firstpush rehearse --probe 'POST /predict {"smiles": "CCO"} => 200 {"model": "xgboost"}'
  firstpush rehearse --env-file .env --with postgres
  firstpush rehearse --shell          a shell in the replica at the failing command
  firstpush rehearse --format markdown --output rehearsal.md
"""
EPILOG = "Exit codes: 0 passes, 2 usage, 3 nothing to rehearse, 5 the rehearsal failed, 6 cannot rehearse here."
SERVICES = ("postgres", "postgresql", "redis")
FORMATS = ("text", "json", "markdown", "html")
WITHOUT_SANDBOX = (
    "--no-sandbox: the project's commands run as you, on this machine: they can read and change everything that you "
    "can. Nothing is a replica: this machine's own Python, files and network are used."
)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    shared.add_project(parser)
    app = parser.add_argument_group("the app")
    app.add_argument(
        "--env-file", action="append", default=[], metavar="FILE", help="service variables, NAME=value lines"
    )
    app.add_argument(
        "--with", action="append", default=[], dest="services", metavar="NAME", help="postgres or redis, for real"
    )
    app.add_argument(
        "--probe", action="append", default=[], metavar="REQUEST", help="[METHOD] /path [JSON] [=> [STATUS] [JSON]]"
    )
    app.add_argument("--no-start", action="store_true", help="build only")
    app.add_argument("--start-timeout", type=float, metavar="SECONDS", help="wait so long for the port (default: 60)")
    how = parser.add_argument_group("how")
    how.add_argument("--offline", action="store_true", help="no network at all: packages come from the cache")
    how.add_argument(
        "--allow-host", action="append", default=[], metavar="HOST", help="an index that the project itself names"
    )
    how.add_argument("--keep-going", action="store_true", help="go on after a failed command")
    how.add_argument("--fresh", action="store_true", help="reuse nothing of earlier rehearsals")
    how.add_argument("--jobs", type=int, default=1, metavar="N", help="rehearse N deployments at once (default: 1)")
    how.add_argument("--memory", type=int, metavar="MIB", help="limit for all processes together (default: 4096)")
    how.add_argument("--timeout", type=float, metavar="SECONDS", help="limit for one command (default: 900)")
    how.add_argument("--shell", action="store_true", help="open a shell in the replica at the failing command")
    how.add_argument("--no-sandbox", action="store_true", help="run without isolation (says what that means)")
    output = parser.add_argument_group("output")
    output.add_argument("--format", choices=FORMATS, default="text", help="default: text")
    output.add_argument("--output", metavar="FILE", help="write to a file instead of standard output")
    output.add_argument("--keep", metavar="FOLDER", help="keep logs and what the commands wrote")
    shared.add_color(output)  # type: ignore[arg-type]


def run(args: argparse.Namespace) -> int:
    """Raises FirstpushError for what ends the run."""
    from firstpush import api

    if args.jobs < 1:
        raise UsageError(f"--jobs takes a number from 1 on, not {args.jobs}")
    own = shared.own_config(args)
    _known_services(args.services or own.rehearse.get("services", ()))
    env_files = _env_files(args.env_file)
    args.env = [*(f"{name}={value}" for name, value in env_files.items()), *args.env]
    tree = api.open_project(Path(args.path))
    plans = [plan for settings in shared.project_settings(args, own) for plan in api.plan(tree, settings)[0]]
    if not plans:
        raise NothingToCheck(
            f"Nothing to rehearse in {tree.folder}.", found="No deployment configuration and no Python app were found."
        )
    options = _options(args, own)
    if args.no_sandbox:
        note(WITHOUT_SANDBOX)
    results = _rehearse_all(args, plans, tree, options)
    _emit(args, results)
    if any(one.verdict == "fails" for one in results):
        return 5
    return 0


def _known_services(names: Sequence[str]) -> None:
    """Raises UsageError for a service that no rehearsal can start, before anything is printed."""
    for name in names:
        if name not in SERVICES:
            raise UsageError(f"--with does not know {name!r}", next_step=f"Choose: {', '.join(SERVICES)}")


def _env_files(names: Sequence[str]) -> dict[str, str]:
    from firstpush.rehearsal.secrets import read_env_file

    found: dict[str, str] = {}
    for name in names:
        try:
            found |= read_env_file(Path(name).read_text("utf-8"))
        except OSError as error:
            raise UnreadableInput(f"{name} cannot be read: {error.strerror}") from None
        except ValueError as error:
            raise UsageError(f"{name}: {error}") from None
    return found


def _options(args: argparse.Namespace, own: OwnConfig) -> RehearsalOptions:
    from firstpush.model.value import replace
    from firstpush.rehearsal import probe
    from firstpush.rehearsal.sandbox.limits import Limits
    from firstpush.rehearsal.values import RehearsalOptions

    limits = Limits()
    if args.memory:
        limits = replace(limits, memory=args.memory << 20)
    if args.timeout:
        limits = replace(limits, command=args.timeout)
    settings: Mapping[str, Any] = own.rehearse
    probes = [probe.from_table(dict(row)) for row in own.probes] + [probe.parse(text) for text in args.probe]
    return RehearsalOptions(
        env={**own.env, **shared.variables(args.env)},
        probes=tuple(probes),
        services=tuple(args.services or settings.get("services", ())),
        offline=args.offline or bool(settings.get("offline")),
        keep_going=args.keep_going or bool(settings.get("keep-going")),
        fresh=args.fresh,
        sandbox=not args.no_sandbox,
        start=not args.no_start,
        keep=Path(args.keep) if args.keep else None,
        allow_hosts=(*settings.get("allow-hosts", ()), *args.allow_host),
        limits=limits,
        start_timeout=float(args.start_timeout or settings.get("start-timeout", 60.0)),
    )


def _rehearse_all(
    args: argparse.Namespace, plans: Sequence[Plan], tree: ProjectTree, options: RehearsalOptions
) -> list[Rehearsal]:
    from firstpush.rehearsal import rehearse

    def one(plan: Plan, listener: Callable[[Event], None] | None) -> Rehearsal:
        from firstpush.cli.rehearse_shell import open_shell

        return rehearse(
            plan,
            tree.folder,
            options=options,
            predicted=_predictions(plan, tree),
            on_event=listener,
            shell=open_shell if args.shell else None,
        )

    if args.jobs > 1 and len(plans) > 1 and not args.shell:
        return _in_parallel(args.jobs, plans, one)
    results = []
    for plan in plans:
        timeline = _Timeline(args)
        timeline.title(plan)
        try:
            found = one(plan, timeline.listen)
        finally:
            timeline.clear()
        timeline.end(found)
        results.append(found)
    return results


def _in_parallel(
    jobs: int, plans: Sequence[Plan], one: Callable[[Plan, Callable[[Event], None] | None], Rehearsal]
) -> list[Rehearsal]:
    import os
    from concurrent.futures import ThreadPoolExecutor

    with ThreadPoolExecutor(min(jobs, len(plans))) as pool:
        futures = [pool.submit(one, plan, None) for plan in plans]
        try:
            return [future.result() for future in futures]
        except KeyboardInterrupt:
            # Threads cannot be interrupted, but no sandbox outlives this process.
            note("\nfirstpush: interrupted")
            os._exit(130)


def _predictions(plan: Plan, tree: ProjectTree) -> dict[str, Outcome]:
    """Predicted outcomes by step id. A prediction that cannot be made is none."""
    from firstpush.rules.judgement import simulation_of

    try:
        simulation = simulation_of(plan, tree)
    except Exception as error:  # the real run is worth more than the prediction
        note(f"note: nothing was predicted to compare with: {type(error).__name__}: {error}")
        return {}
    if simulation is None:
        return {}
    return {found.id: found.outcome for found in simulation.all_outcomes()}


def _emit(args: argparse.Namespace, results: Sequence[Rehearsal]) -> None:
    if args.format == "text":
        if args.jobs > 1 and len(results) > 1:
            for found in results:
                write(sys.stdout, _text(args).whole(found) + "\n")
        if args.output:
            from firstpush.rehearsal.render.text import Text

            _save(args.output, "\n".join(Text().whole(found) for found in results))
        return
    from importlib import import_module

    rendered: str = import_module(f"firstpush.rehearsal.render.{args.format}").render(results)
    if args.output:
        _save(args.output, rendered)
    else:
        result(rendered)


def _save(name: str, text: str) -> None:
    try:
        Path(name).write_text(text, "utf-8")
    except OSError as error:
        raise UnreadableInput(f"{name} cannot be written: {error.strerror}") from None


def _text(args: argparse.Namespace) -> Any:
    from firstpush.rehearsal.render.text import Text

    terminal = Terminal.of(sys.stdout, args.color)
    style = terminal.style()
    return Text(style.paint, style.sign, style.width)


class _Timeline:
    """Lines on standard output as things end (text format), and one live line on a terminal's standard error."""

    def __init__(self, args: argparse.Namespace) -> None:
        import time

        self.shown = args.format == "text" and not (args.jobs > 1) and not args.output
        self.live = is_terminal(sys.stderr)
        self.text = _text(args)
        self.clock = time.monotonic
        self.phase = ""
        self.command = ""
        self.begun = self.clock()

    def title(self, plan: Plan) -> None:
        if self.shown:
            self._print([self.text.title(plan.platform, plan.builder, plan.root)])

    def listen(self, event: Event) -> None:
        from firstpush.rehearsal.values import EventKind

        match event.kind:
            case EventKind.COMMAND | EventKind.START:
                self.phase, self.command, self.begun = event.phase, event.text, self.clock()
                self._progress("")
            case EventKind.OUTPUT:
                self._progress(event.text)
            case EventKind.COMMAND_DONE:
                self._print(self.text.command(event.data))
            case EventKind.STARTED:
                self._print(self.text.start(event.data))
            case EventKind.PROBE:
                self._print(self.text.probe(event.data))

    def end(self, found: Rehearsal) -> None:
        if self.shown:
            from firstpush.model.value import replace

            told = replace(found, commands=(), start=None, probes=())
            self._print([*self.text.ending(told), ""])

    def clear(self) -> None:
        if self.live:
            sys.stderr.write("\r\x1b[K")
            sys.stderr.flush()

    def _progress(self, last: str) -> None:
        if not self.live:
            return
        seconds = self.clock() - self.begun
        line = f"  {self.phase} {seconds:.0f} s  {' '.join(self.command.split())[:40]}  {last}"
        sys.stderr.write(f"\r\x1b[K{line[: self.text.width - 1]}")
        sys.stderr.flush()

    def _print(self, lines: Sequence[str]) -> None:
        if self.shown:
            self.clear()
            write(sys.stdout, "\n".join(lines) + "\n")
            sys.stdout.flush()

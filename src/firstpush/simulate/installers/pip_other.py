"""pip's other commands: download, wheel, list, show, config, … None knows PEP 668. In: `PipRun`; out: `Result`."""

from __future__ import annotations

import io
import posixpath

from firstpush.model.cause import Cause
from firstpush.model.outcome import Place
from firstpush.simulate.installers.options import commands
from firstpush.simulate.installers.paths import absolute, xdg_config_home
from firstpush.simulate.installers.pip_config import config_files, load
from firstpush.simulate.installers.pip_run import PipRun
from firstpush.simulate.installers.requirements import Problem, Unsure, canonical
from firstpush.simulate.installers.resolution import decide, matching
from firstpush.simulate.installers.results import done, os_error, unsure, write_problem
from firstpush.simulate.invocation import MakeFolder, Result, WriteFile


def fetch(run: PipRun) -> Result:
    """`pip download` and `pip wheel`: files in a folder, nothing installed."""
    command = run.arguments.command
    values = run.arguments.values
    if not (run.arguments.positional or values.lists.get("editables") or values.lists.get("requirements")):
        why = f'You must give at least one requirement to {command} (see "pip help {command}")'
        return run.fail(Cause.USAGE_ERROR, why)
    folder = values.texts.get("download_dir" if command == "download" else "wheel_dir") or "."
    full = absolute(folder, run.invocation.cwd)
    files = run.python.state.files
    if not files.is_folder(full) and (kind := files.writable(full, run.python.user)):
        return run.fail(write_problem(kind), os_error(kind, full), 2)
    named = run.named()
    if isinstance(named, Problem):
        return run.fail(named.cause, named.why, word=named.word)
    if isinstance(named, Unsure):
        return done(Place.FILE, (MakeFolder(full),))
    decision = decide(named, run.python, run.wish, {})
    if isinstance(decision, Problem):
        return run.fail(decision.cause, decision.why, word=decision.word)
    if isinstance(decision, Unsure):
        return unsure(decision.why)
    if decision.install and (kind := files.writable(full, run.python.user)):
        return run.fail(write_problem(kind), os_error(kind, full))
    return done(Place.FILE if decision.install else Place.NONE, (MakeFolder(full),))


def show(run: PipRun) -> Result:
    """`pip show`: fails when none of the names is installed."""
    if not run.arguments.positional:
        return run.fail(Cause.USAGE_ERROR, "ERROR: Please provide a package name or names.")
    installed = run.installed()
    names = [word.text for word in run.arguments.positional]
    found = [installed[canonical(name)] for name in names if name is not None and canonical(name) in installed]
    if not found and None not in names:
        return run.fail(Cause.OTHER, f"WARNING: Package(s) not found: {', '.join(name for name in names if name)}")
    stdout = None
    if len(found) == 1 and found[0].distribution.version:
        item = found[0]
        stdout = f"Name: {item.distribution.name}\nVersion: {item.distribution.version}\nLocation: {item.site}\n"
    return done(stdout=stdout)


def freeze(run: PipRun) -> Result:
    """`pip freeze`: stdout where every version is known."""
    del run
    return done()


def index(run: PipRun) -> Result:
    """`pip index versions NAME`."""
    words = [word.text for word in run.arguments.positional]
    if not words or words[0] != "versions":
        return run.fail(Cause.USAGE_ERROR, "Need an action (versions) to perform.")
    if len(words) != 2 or words[1] is None:
        return run.fail(Cause.USAGE_ERROR, "You need to specify exactly one argument")
    if run.wish.index_known and matching(run.python.state.machine.index, words[1], "") is False:
        return run.fail(Cause.NO_MATCHING_DISTRIBUTION, f"No matching distribution found for {words[1]}")
    return done()


def cache(run: PipRun) -> Result:
    """`pip cache`: fails without a cache."""
    words = [word.text for word in run.arguments.positional]
    if run.arguments.values.flag("no_cache_dir") or _no_cache(run):
        return run.fail(Cause.OTHER, "pip cache commands can not function since cache is disabled.")
    if not words or words[0] not in ("dir", "info", "list", "remove", "purge"):
        return run.fail(Cause.USAGE_ERROR, "Need an action (dir, info, list, remove, purge) to perform.")
    return done()


def _no_cache(run: PipRun) -> bool:
    """`--no-cache-dir` and PIP_NO_CACHE_DIR share the attribute of `--cache-dir`."""
    return run.arguments.values.flag("cache_dir")


def hash_files(run: PipRun) -> Result:
    """`pip hash FILE…`."""
    if not run.arguments.positional:
        return run.fail(Cause.USAGE_ERROR, "You must give at least one file")
    for word in run.arguments.positional:
        if word.text is not None and run.python.state.files.exists(absolute(word.text, run.invocation.cwd)) is False:
            return run.fail(Cause.OTHER, f"[Errno 2] No such file or directory: {word.text!r}", 2, word=word)
    return done()


def config(run: PipRun) -> Result:
    """`pip config`: `set` and `unset` write a file, the rest reads."""
    words = [word.text for word in run.arguments.positional]
    actions = ("list", "edit", "get", "set", "unset", "debug")
    if not words or words[0] not in actions:
        return run.fail(Cause.USAGE_ERROR, f"Need an action ({', '.join(sorted(actions))}) to perform.")
    if words[0] == "get":
        return _get(run, words[1:])
    if words[0] not in ("set", "unset"):
        return done()
    wanted = 3 if words[0] == "set" else 2
    if len(words) != wanted:
        return run.fail(Cause.USAGE_ERROR, f"Got unexpected number of arguments, expected {wanted - 1}.")
    if None in words:
        return unsure("a word of `pip config` is not known")
    key, value = words[1] or "", (words[2] or "") if len(words) > 2 else None
    name = key.lower().replace("_", "-").removeprefix("--")
    if "." not in name:
        return run.fail(Cause.USAGE_ERROR, f"Key does not contain dot separated section and key: {key}")
    return _write(run, name, value)


def _get(run: PipRun, words: list[str | None]) -> Result:
    if len(words) != 1:
        return run.fail(Cause.USAGE_ERROR, "Got unexpected number of arguments, expected 1.")
    if words[0] is None:
        return unsure("a word of `pip config` is not known")
    isolated = run.arguments.values.flag("isolated_mode")
    settings = load(run.python, run.invocation.cwd, isolated, run.pip.version)
    name = words[0].lower().replace("_", "-").removeprefix("--")
    found = [item for item in settings.items if f"{item.section}.{item.key}" == name]
    flags = run.arguments.values.flags
    if any(flags.get(kind) for kind in ("global_file", "user_file", "site_file")):
        return unsure("which file `pip config get` reads is not followed")
    if not found:
        return run.fail(Cause.USAGE_ERROR, f"No such key - {words[0]}")
    return done(stdout=f"{found[-1].value}\n" if found[-1].value is not None else None)


def show_help(run: PipRun) -> Result:
    """`pip help NAME`."""
    words = [word.text for word in run.arguments.positional]
    if words and words[0] is not None and words[0] not in commands("pip", run.pip.version):
        return run.fail(Cause.USAGE_ERROR, f'unknown command "{words[0]}"')
    return done()


def _write(run: PipRun, name: str, value: str | None) -> Result:
    python, flags = run.python, run.arguments.values.flags
    site = posixpath.join(python.view.prefix, "pip.conf")
    if flags.get("global_file"):
        path = "/etc/pip.conf"
    elif flags.get("site_file") or (not flags.get("user_file") and python.state.files.exists(site)):
        path = site
    else:
        path = posixpath.join(xdg_config_home(python.env, python.user), "pip", "pip.conf")
        given = python.env.get("PIP_CONFIG_FILE")
        if given and path not in config_files(python, False):
            path = absolute(given, run.invocation.cwd)
    import configparser

    section, _, key = name.partition(".")
    parser = configparser.RawConfigParser()
    try:
        content = python.state.files.read(path, python.user) if python.state.files.exists(path) else ""
        if content is None:
            return unsure(f"the content of {path} is not known")
        parser.read_string(content if isinstance(content, str) else content.decode("utf-8"))
    except (OSError, ValueError, configparser.Error):
        return run.fail(Cause.CONFIG_PARSE_ERROR, f"{path} cannot be read")
    if value is None:
        if not parser.remove_option(section, key) if parser.has_section(section) else True:
            return run.fail(Cause.USAGE_ERROR, f"No such key - {name}")
    else:
        if not parser.has_section(section):
            parser.add_section(section)
        parser.set(section, key, value)
    if kind := python.state.files.writable(path, python.user):
        return run.fail(write_problem(kind), os_error(kind, path))
    text = io.StringIO()
    parser.write(text)
    return done(Place.NONE, (WriteFile(path, text.getvalue()),))

"""Programs that run another one: `env`, `sudo`, `xargs`, `nohup`, `timeout`, `nice`, … In: a `Call`; out: a `Status`.

They differ in what the inner program gets: its environment, its PATH, its user, its arguments.
"""

from __future__ import annotations

from collections.abc import Callable
from posixpath import join

from firstpush.model.cause import Cause
from firstpush.model.machine import User
from firstpush.model.value import replace
from firstpush.simulate.invocation import Word
from firstpush.simulate.resolve import DEFAULT_PATH
from firstpush.simulate.shell.commands import Call, external
from firstpush.simulate.shell.runner import FETCHED
from firstpush.simulate.shell.session import OK, Status, unknown

# What Debian's sudoers sets as secure_path.
SECURE_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
_SUDO_KEEPS = frozenset(("TERM", "DISPLAY", "COLORS", "LANG", "LANGUAGE", "LC_ALL", "LC_MESSAGES", "XAUTHORITY"))


def _inner(call: Call, words: list[Word], env: dict[str, str | None] | None = None, **changes: object) -> Status:
    """Run the rest of the words as a command; a program finds it with the PATH of the environment that it gives."""
    if words[0].text is None:
        call.run.state.tainted = words[0].why
        return unknown(words[0].why)
    made = replace(call, argv=tuple(words), env=call.env if env is None else env, as_command=True, **changes)
    path = made.env.get("PATH", DEFAULT_PATH)
    return external(made, path_value=path or None)


def _env(call: Call) -> Status:
    env = dict(call.env)
    words = list(call.argv[1:])
    cwd = call.cwd
    while words:
        text = words[0].text
        if text is None:
            return unknown(words[0].why)
        if text in ("-i", "-", "--ignore-environment"):
            env.clear()
        elif text in ("-u", "--unset") and len(words) > 1:
            words.pop(0)
            env.pop(words[0].text or "", None)
        elif text.startswith("--unset="):
            env.pop(text.partition("=")[2], None)
        elif text.startswith("-u") and len(text) > 2:
            env.pop(text[2:], None)
        elif text in ("-C", "--chdir") and len(words) > 1:
            words.pop(0)
            cwd = join(cwd, words[0].text or "")
        elif text in ("-S", "--split-string") and len(words) > 1:
            words.pop(0)
            words[1:1] = [Word(part, words[0].span) for part in (words[0].text or "").split()]
        elif text.startswith("-S"):
            words[1:1] = [Word(part, words[0].span) for part in text[2:].split()]
        elif text == "--":
            words.pop(0)
            break
        elif text.startswith("-"):
            if text not in ("-v", "-0", "--debug", "--null"):
                return call.failure(Cause.USAGE_ERROR, f"env: invalid option {text}", words[0], code=125)
        else:
            break
        words.pop(0)
    while words and words[0].text is not None and "=" in words[0].text:
        name, _, value = (words.pop(0).text or "").partition("=")
        env[name] = value
    if not words:
        call.run.emit(None)
        return OK
    if cwd != call.cwd and call.run.state.files.is_folder(cwd) is False:
        return call.failure(Cause.WRONG_WORKING_DIRECTORY, f"env: cannot change directory to '{cwd}'", code=125)
    return _inner(call, words, env, cwd=cwd)


def _sudo(call: Call) -> Status:
    words = list(call.argv[1:])
    env: dict[str, str | None] = {}
    keep_all = False
    user = User()
    login = False
    while words:
        text = words[0].text
        if text is None:
            return unknown(words[0].why)
        if text in ("-u", "--user", "-g", "--group", "-C", "-h", "-p", "-r", "-t", "-D", "-R") and len(words) > 1:
            words.pop(0)
            if text in ("-u", "--user") and words[0].text not in (None, "root"):
                name = words[0].text or ""
                own = call.run.state.machine.user
                user = own if own.name == name else User(name, 1000, f"/home/{name}")
        elif text == "--":
            words.pop(0)
            break
        elif text.startswith("-") and len(text) > 1:
            keep_all = keep_all or text in ("--preserve-env",) or (text[1] != "-" and "E" in text)
            login = login or (text[1] != "-" and "i" in text) or text == "--login"
            if text.startswith("--preserve-env="):
                for name in text.partition("=")[2].split(","):
                    if name in call.env:
                        env[name] = call.env[name]
        else:
            break
        words.pop(0)
    kept = dict(call.env) if keep_all else {name: value for name, value in call.env.items() if name in _SUDO_KEEPS}
    env = {**kept, **env, "PATH": SECURE_PATH, "HOME": user.home, "USER": user.name, "LOGNAME": user.name}
    while words and words[0].text is not None and "=" in words[0].text:
        name, _, value = (words.pop(0).text or "").partition("=")
        env[name] = value
    if not words:
        return OK
    return _inner(call, words, env, user=user, cwd=user.home if login else call.cwd)


_XARGS_VALUES = frozenset(("-n", "-I", "-L", "-P", "-s", "-d", "-E", "-a", "--max-args", "--replace", "--max-procs"))


def _xargs(call: Call) -> Status:
    words = list(call.argv[1:])
    replacing: str | None = None
    no_run = False
    null = False
    while words and (words[0].text or "").startswith("-"):
        text = words.pop(0).text or ""
        if text in _XARGS_VALUES and words:
            value = words.pop(0).text
            if text in ("-I", "--replace"):
                replacing = value
            if text == "-d":
                return unknown("xargs with a delimiter of its own is not followed")
        elif text.startswith("-I"):
            replacing = text[2:] or "{}"
        elif text in ("-r", "--no-run-if-empty"):
            no_run = True
        elif text in ("-0", "--null"):
            null = True
    if not words:
        words = [Word("echo", call.span)]
    if call.stdin is None or call.stdin.startswith(FETCHED):
        return _inner(call, [*words, Word(None, call.span, "what xargs reads is not known")])
    items = call.stdin.split("\0" if null else None) if replacing is None else call.stdin.splitlines()
    items = [item.strip("'\"") for item in items if item.strip()]
    if not items and (no_run or replacing is not None):
        return OK
    if replacing is None:
        return _as_123(call, _inner(replace(call, stdin=""), [*words, *(Word(item, call.span) for item in items)]))
    worst = OK
    for item in items[:50]:
        made = [Word(word.text.replace(replacing, item) if word.text else word.text, word.span) for word in words]
        status = _inner(replace(call, stdin=""), made)
        if status.code is None or status.failed:
            worst = status
    return _as_123(call, worst)


def _as_123(call: Call, status: Status) -> Status:
    """xargs ends with 123 when a command it ran failed, 127 when it was not found."""
    if status.failed and status.code not in (126, 127):
        return replace(status, code=123)
    return status


def _skipping(values: frozenset[str], positional: int = 0) -> Callable[[Call], Status]:
    """A wrapper that skips its options (those in `values` with their value) and some arguments."""

    def run(call: Call) -> Status:
        words = list(call.argv[1:])
        while words and (words[0].text or "").startswith("-"):
            text = words.pop(0).text or ""
            if text == "--":
                break
            if text in ("--version", "--help"):
                return OK
            if text in values and words:
                words.pop(0)
        for _ in range(positional):
            if words:
                words.pop(0)
        if not words:
            if positional:
                return call.failure(Cause.USAGE_ERROR, f"{call.name}: a command is missing", code=125)
            return OK
        return _inner(call, words)

    return run


def _script(call: Call) -> Status:
    """`script -c COMMAND FILE`: a shell in a terminal."""
    from firstpush.simulate.programs.shells import run_text

    words = list(call.argv[1:])
    command: Word | None = None
    returns = False
    while words:
        word = words.pop(0)
        text = word.text or ""
        if text in ("-c", "--command") and words:
            command = words.pop(0)
        elif text.startswith("--command="):
            command = Word(text.partition("=")[2], word.span)
        elif text.startswith("-") and not text.startswith("--"):
            returns = returns or "e" in text
            if "c" in text[1:] and words:
                command = words.pop(0)
        elif text == "--return":
            returns = True
    if command is None or command.text is None:
        return unknown("what runs in the terminal is not known")
    status = run_text(call, command.text, command.spanned(), "sh", (), "sh")
    return status if returns else OK


def _time(call: Call) -> Status:
    return _skipping(frozenset(("-f", "-o", "--format", "--output")))(call)


RUNNERS: dict[str, Callable[[Call], Status]] = {
    "env": _env,
    "sudo": _sudo,
    "doas": _sudo,
    "xargs": _xargs,
    "script": _script,
    "time": _time,
    "nohup": _skipping(frozenset()),
    "nice": _skipping(frozenset(("-n", "--adjustment"))),
    "ionice": _skipping(frozenset(("-c", "-n", "-p"))),
    "stdbuf": _skipping(frozenset(("-i", "-o", "-e"))),
    "setsid": _skipping(frozenset()),
    "timeout": _skipping(frozenset(("-k", "-s", "--kill-after", "--signal")), positional=1),
    "chroot": lambda call: unknown("another root folder is not followed"),
    "tini": _skipping(frozenset(("-p", "-e"))),
    "dumb-init": _skipping(frozenset(("-r",))),
    "gosu": _skipping(frozenset(), positional=1),
    "su-exec": _skipping(frozenset(), positional=1),
    "faketime": _skipping(frozenset(), positional=1),
}

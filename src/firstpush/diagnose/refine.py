"""What one line cannot know: the cause of a match, judged with the rest of the log."""

from __future__ import annotations

import re
from collections.abc import Callable

from firstpush.diagnose.context import Scene, command_of
from firstpush.diagnose.log import Log
from firstpush.diagnose.signatures import Match
from firstpush.model.cause import Cause
from firstpush.model.diagnostic import Certainty

Judgement = tuple[Cause, Certainty, str]

# Programs that Python distributions bring.
CONSOLE_SCRIPTS = frozenset(
    (
        "uvicorn", "gunicorn", "hypercorn", "daphne", "flask", "celery", "streamlit", "alembic", "django-admin",
        "waitress-serve", "fastapi", "granian", "gradio", "chainlit", "litestar", "sanic", "huey", "dramatiq", "rq",
    )
)  # fmt: skip
MANAGERS = (
    ("/nix/store", "Nix manages"),
    ("managed by uv", "uv manages"),
    ("apt install", "Debian or Ubuntu manages"),
    ("(apk)", "Alpine manages"),
    ("apk add", "Alpine manages"),
    ("brew install", "Homebrew manages"),
    ("pacman", "Arch manages"),
    ("conda environment", "conda manages"),
    ("/uv/python", "uv manages"),
)

CORE = frozenset(("mkdir", "ls", "rm", "cat", "cp", "mv", "sed", "grep", "chmod", "dirname", "uname"))
INSTALLING = re.compile(r"\b(?:pip[\d.]*|uv|poetry|pdm|pipenv) ")
BUILDING = re.compile(
    r"subprocess-exited-with-error|Getting requirements to build wheel|Preparing metadata|egg_info|Failed to build"
)
SERVERS = re.compile(
    r"site-packages/(?:gunicorn|uvicorn|hypercorn|daphne|celery|waitress|granian)/|/bin/(?:uvicorn|gunicorn|celery)\""
)
SERVER_ON = re.compile(r"(?:Uvicorn running on|Listening at:|Running on) https?://(?P<host>[\w.\[\]:]+?):(?P<port>\d+)")


def refined(match: Match, log: Log, scene: Scene) -> Judgement:
    """Cause, certainty and message of a match."""
    signature = match.signature
    message = filled(signature.message, match.what)
    judge = JUDGES.get(signature.cause)
    if judge is not None:
        found = judge(match, log, scene)
        if found is not None:
            return found
    return signature.cause, signature.certainty, message


def _refused(match: Match, log: Log, scene: Scene) -> Judgement | None:
    who = manager_of(log, match.lines)
    text = match.signature.message.replace("that {manager}", f"that {who}")
    if match.signature.id == "uv-refused":
        text = text.replace("which is externally managed", f"which {who}")
    return match.signature.cause, match.signature.certainty, filled(text, match.what)


def _no_distribution(match: Match, log: Log, scene: Scene) -> Judgement | None:
    """The index could not be reached, or the versions that exist need another Python."""
    before = [log.line(number) for number in range(max(1, match.number - 40), match.number)]
    if any("Retrying (Retry(" in text or "Temporary failure in name resolution" in text for text in before):
        return (
            Cause.INFRA_TRANSIENT,
            Certainty.LIKELY,
            "the package index could not be reached, so nothing was found there",
        )
    text = match.text
    if any("require a different python version" in line for line in before[-6:]):
        return (
            Cause.PYTHON_VERSION,
            Certainty.LIKELY,
            filled("the versions of {what} that exist need another Python", match.what),
        )
    message = filled(match.signature.message, match.what)
    if "from versions: none" in text or any("from versions: none" in line for line in before[-3:]):
        message += " (none at all: is the name right, is there a wheel for this platform?)"
    return match.signature.cause, match.signature.certainty, message


def _command(match: Match, log: Log, scene: Scene) -> Judgement | None:
    """A console script whose distribution was installed is off PATH; under a Node plan the provider is wrong."""
    name = match.what.rsplit("/", 1)[-1]
    if name in CORE:
        text = f"even `{name}` is not found: PATH was replaced (a variable PATH?) and lacks /usr/bin and /bin"
        return Cause.COMMAND_NOT_FOUND, Certainty.CERTAIN, text
    if name not in CONSOLE_SCRIPTS:
        return None
    if "/" in match.what:
        return (
            Cause.SCRIPT_NOT_ON_PATH,
            Certainty.LIKELY,
            f"`{match.what}` does not exist: {name} was installed elsewhere, or not at all",
        )
    if _installed(log, name, match.number):
        return (
            Cause.SCRIPT_NOT_ON_PATH,
            Certainty.CERTAIN,
            f"`{name}` was installed, but its script lies outside PATH (python -m {name} would work)",
        )
    if _is_node(log):
        return _node(f"`{name}` is not found")
    if command_of(log, match.number) is None:  # the start: the build before it was green
        return (
            Cause.SCRIPT_NOT_ON_PATH,
            Certainty.LIKELY,
            f"`{name}` is not on PATH when the app starts: its script lies elsewhere, or it was never installed",
        )
    return (
        Cause.COMMAND_NOT_FOUND,
        Certainty.CERTAIN,
        f"there is no program {name} on PATH: it was not installed, or elsewhere",
    )


def _installed(log: Log, name: str, before: int) -> bool:
    """Whether the log says that a distribution was installed, or that its script is not on PATH."""
    word = re.escape(name)
    pattern = re.compile(rf"Successfully installed .*\b{word}-\d|^ \+ {word}==|script {word} is installed in")
    for needle in ("Successfully installed", f" + {name}==", f"script {name} is installed"):
        for number in log.find_lines(needle, limit=200):
            if number < before and pattern.search(log.line(number)):
                return True
    return False


def _is_node(log: Log) -> bool:
    """Whether the builder planned a Node app: its setup names Node and no Python."""
    for needle in ("setup", "nixPkgs"):
        for number in log.find_lines(needle, limit=50):
            text = log.line(number)
            if re.search(r"[║│|]\s*nodejs", text):
                return "python" not in text
    return False


def _node(found: str) -> Judgement:
    return (
        Cause.WRONG_PROVIDER,
        Certainty.LIKELY,
        f"{found}: the builder took this for a Node app (package.json at the root)",
    )


def _python(match: Match, log: Log, scene: Scene) -> Judgement | None:
    if _is_node(log):
        return _node(f"`{match.what}` is not found")
    return None


def _module(match: Match, log: Log, scene: Scene) -> Judgement | None:
    """The module that the server was told to load is a wrong entry point; one that a package's build lacks is not the
    app's; some belong to setuptools, which newer Pythons do not bring."""
    if match.signature.id != "module-missing":
        return None
    what = match.what.split(".")[0]
    if what in ("pkg_resources", "setuptools"):
        text = f"{what} is missing: it belongs to setuptools, which Python 3.12 no longer brings"
        return Cause.MISSING_DEPENDENCY, Certainty.LIKELY, text
    command = command_of(log, match.number) or ""
    if INSTALLING.search(command) and any(BUILDING.search(log.line(each)) for each in _block(log, match.number)):
        return Cause.MISSING_DEPENDENCY, Certainty.LIKELY, f"building a package needs {match.what}, which is not there"
    frame = ""
    for number in range(match.number - 1, max(0, match.number - 60), -1):
        text = log.line(number).strip()
        if text.startswith("Traceback"):
            break
        if not frame and text.startswith('File "') and "<frozen" not in text and "/importlib/" not in text:
            frame = text
    if SERVERS.search(frame):
        text = f"the start command names the module {match.what}, which is not there, seen from the working directory"
        return Cause.WRONG_ENTRYPOINT_PATH, Certainty.LIKELY, text
    return None


def _block(log: Log, number: int) -> range:
    return range(max(1, number - 60), min(number + 20, log.count) + 1)


def _database(match: Match, log: Log, scene: Scene) -> Judgement | None:
    """A database that the running app cannot reach is not this tool's business."""
    from firstpush.diagnose.context import phase_of

    command = command_of(log, match.number)
    phase = phase_of(log, match.number, command, None)
    if phase in ("start", None):
        return Cause.OTHER, Certainty.POSSIBLE, "the database cannot be reached by the running app"
    return None


def _health(match: Match, log: Log, scene: Scene) -> Judgement | None:
    """A failed health check, judged by what the app printed: its answers, where it listens."""
    for number in log.find_lines("HTTP/1.", limit=500):
        answer = re.search(r'"(?:GET|HEAD) (?P<path>/\S*) HTTP/1\.\d"\s+(?P<status>\d{3})', log.line(number))
        if answer is None or answer["status"] == "200":
            continue
        if answer["status"] == "404":
            return (
                Cause.MISSING_ROUTE,
                Certainty.LIKELY,
                f"the health check asks for {answer['path']}, and no route answers it",
            )
        return (
            Cause.HEALTHCHECK_PATH,
            Certainty.LIKELY,
            f"the health check gets {answer['status']} from {answer['path']}, and only 200 counts",
        )
    for needle in ("running on", "Listening at", "Running on"):
        for number in log.find_lines(needle, limit=20):
            server = SERVER_ON.search(log.line(number))
            if server is not None and server["host"] in ("127.0.0.1", "localhost"):
                text = f"the server listens on {server['host']}, which the platform cannot reach (use 0.0.0.0)"
                return Cause.PORT_HARDCODED, Certainty.LIKELY, text
            if server is not None and server["port"] in ("8000", "5000", "3000"):
                text = f"the server listens on port {server['port']}; the platform asks on $PORT"
                return Cause.PORT_HARDCODED, Certainty.LIKELY, text
    return None


JUDGES: dict[Cause, Callable[[Match, Log, Scene], Judgement | None]] = {
    Cause.PEP668_REFUSED: _refused,
    Cause.NO_MATCHING_DISTRIBUTION: _no_distribution,
    Cause.COMMAND_NOT_FOUND: _command,
    Cause.MODULE_NOT_FOUND_AT_START: _module,
    Cause.PYTHON_COMMAND_NOT_FOUND: _python,
    Cause.BUILD_TIME_DATABASE: _database,
    Cause.HEALTHCHECK_PATH: _health,
}


def manager_of(log: Log, lines: tuple[int, ...]) -> str:
    """Who manages a Python, by the marker's text in a refusal."""
    around = " ".join(log.line(number) for number in range(min(lines), max(lines) + 8))
    for needle, words in MANAGERS:
        if needle in around:
            return words
    return "somebody else manages"


def filled(template: str, what: str, **more: str) -> str:
    """A message with what it is about; a sentence without a thing loses its place for it."""
    text = template
    for name, value in {"what": what, **more}.items():
        text = text.replace("{" + name + "}", value)
    return re.sub(r"\s+", " ", text.replace("``", "").replace(" : ", ": ")).strip(" :")

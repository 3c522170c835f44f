"""Where a line of a log stands: platform, builder, the command that was run, the phase, and whether the log goes on."""

from __future__ import annotations

import re

from firstpush.diagnose.log import Log
from firstpush.model.value import dataclass

HEAD = 400_000  # characters in which a platform gives itself away
LOOK_BACK = 400  # lines in which a command is looked for

# (needle, platform, builder): the first that is found decides; what is None is left open.
GIVEAWAYS: tuple[tuple[str, str | None, str | None], ...] = (
    ("using build driver nixpacks", "railway", "nixpacks"),
    ("using build driver railpack", "railway", "railpack"),
    ("Using detected Dockerfile!", "railway", "docker"),
    ("Failed to parse your service config", "railway", None),
    ("replicas never became healthy", "railway", None),
    ("Starting Healthcheck", "railway", None),
    ("railway.internal", "railway", None),
    ("[Region: ", "railway", None),
    ("Nixpacks v", None, "nixpacks"),
    ("Using Nixpacks", None, "nixpacks"),
    (".nixpacks/", None, "nixpacks"),
    ("-ol pipefail -c", None, "nixpacks"),
    ("Nixpacks was unable", None, "nixpacks"),
    ("Railpack ", None, "railpack"),
    ("railpack-v", None, "railpack"),
    ("mise ERROR", None, "railpack"),
    ("Vercel CLI ", "vercel", "vercel"),
    ("/vercel/path0", "vercel", "vercel"),
    ("vercel.json", "vercel", "vercel"),
    ('Running "install" command', "vercel", "vercel"),
    ('Running "vercel build"', "vercel", "vercel"),
    ("/uv/python/", "vercel", "vercel"),
    ("##[group]", "github", None),
    ("##[error]", "github", None),
    ("hostedtoolcache", "github", None),
    ("/home/runner/work/", "github", None),
    ("Running with gitlab-runner", "gitlab", None),
    ("ERROR: Job failed: exit code", "gitlab", None),
    ("/opt/render/project", "render", "render"),
    ("==> Running build command", "render", "render"),
    ("==> Cloning from https://github.com", "render", "render"),
    ("==> Exited with status", "render", "render"),
    ("-----> Python app detected", "heroku", "heroku"),
    ("remote: -----> ", "heroku", "heroku"),
    ("heroku[", "heroku", "heroku"),
    ("Netlify Build", "netlify", "netlify"),
    ("/opt/build/repo", "netlify", "netlify"),
    ("flyctl", "fly", None),
    ("fly.io", "fly", None),
    ("coolify", "coolify", None),
    ("Oryx", "azure", "oryx"),
    ("/mount/src/", "streamlit", "streamlit"),
    ("/home/adminuser/venv", "streamlit", "streamlit"),
    ("load build definition from Dockerfile", None, "docker"),
    ("failed to solve:", None, "docker"),
    ("failed to read dockerfile", None, "docker"),
    ("Step 1/", None, "docker"),
)

COMMANDS = tuple(
    re.compile(pattern)
    for pattern in (
        r'process "(?P<shell>/bin/(?:ba)?sh) (?:-\S+ )*(?:pipefail )?-\w*c (?P<run>.*)" did not complete successfully',
        r'process "(?P<run>(?!/bin/(?:ba)?sh)[^"]*)" did not complete successfully',
        r"^(?:#\d+ )?\[[^\]]*\] RUN (?P<run>.+)$",
        r"^\s*> \[[^\]]*\] (?:RUN )?(?P<run>.+?):?$",
        r"^Step \d+/\d+ : RUN (?P<run>.+)$",
        r'Running "(?:install|build)" command: `(?P<run>[^`]+)`',
        r'^Running "(?P<run>[^"]+)"',
        r"^(?:Error: )?Command failed: (?P<run>.+)$",
        r"The command '/bin/\S*sh -c (?P<run>.+)' returned a non-zero code",
        r"executor failed running \[/bin/\S*sh (?:-\S+ )*-\w*c (?P<run>.+)\]: exit code",
        r"^\s*=> (?:ERROR |CACHED )?\[[^\]]*\] RUN (?P<run>.+?)(?:\s+\d+\.\d+s)?$",
        r'Command "(?P<run>.+)" exited with \d+',
        r"^==> Running '?(?:build command )?'?(?P<run>.+?)'?(?:\.\.\.)?$",
        r"^(?:##\[group\])?Run (?P<run>[a-z./].+)$",
        r"^\$ (?P<run>\S.*)$",
        r"^\+ (?P<run>[a-z./]\S*(?: .*)?)$",
    )
)
MOUNT = re.compile(r"--mount=\S+\s+")
# Behind a failing line one of these means: the run ended there.
ENDED = re.compile(
    r"did not complete successfully|exited with (?:code )?[1-9]|returned a non-zero code|executor failed running|"
    r"Exited with status [1-9]|[Bb]uild failed|"
    r"Docker build failed|ERROR: failed to (?:build|solve)|exit code [1-9]|exit status [1-9]|Push rejected|"
    r"Deployment failed|deploy(?:ment)? (?:has )?failed|BUILD_FAILED|never became healthy|"
    r"Process exited with status [1-9]"
)
# Behind a failing line one of these means: the run went on, so the line was survived.
WENT_ON = re.compile(
    r"Successfully (?:installed|built|tagged)\b|^Installed \d+ packages?|Build (?:succeeded|completed|Completed|time:)|"
    r"Healthcheck succeeded|Your service is live|Site is live|Application startup complete|Uvicorn running on|"
    r"Listening at: http|Running on http|Booting worker|Starting Container|Job succeeded|"
    r"Deployment (?:completed|complete|ready)|"
    r"naming to \S+ done|exporting to (?:docker )?image|Build Completed in|==> Build successful|[Dd]eployed to|"
    r"^(?:#\d+ )?\[(?:stage-\d+|\w+)? *\d+/\d+\] (?:RUN|COPY|WORKDIR)\b|\* Serving Flask app"
)
SUCCESS = re.compile(
    r"Healthcheck succeeded|Your service is live|Site is live|Application startup complete|Build Completed in|"
    r"Job succeeded|Deployment (?:completed|complete|ready)|==> Build successful|Build succeeded|Successfully tagged|"
    r"[Dd]eploy(?:ed|ment) successful|naming to \S+ done|Successfully deployed|Verifying deploy\.\.\. done|Ready in \d"
)
PHASES: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("setup", re.compile(r"\b(?:nix-env|apt-get|apt install|apk add|mise install)\b")),
    ("install", re.compile(
        r"\b(?:pip[\d.]*|uv) (?:pip )?(?:install|sync)\b|\b-m pip install|uv sync|poetry install|pdm install|"
        r"pipenv (?:install|sync)|-m venv|ensurepip|get-pip|requirements\S*\.txt"
    )),
    ("release", re.compile(r"\bmigrate\b|alembic upgrade|preDeploy|release command")),
    ("start", re.compile(r"\b(?:uvicorn|gunicorn|hypercorn|daphne|waitress-serve|flask run|streamlit run|celery)\b")),
)  # fmt: skip
STARTED = re.compile(r"Starting Container|Container failed to start|State changed from starting|Starting process with "
                     r"command|==> Running '|Booting worker|Started server process|Starting gunicorn")  # fmt: skip


@dataclass(frozen=True, slots=True)
class Scene:
    """What a whole log gives away."""

    platform: str | None
    builder: str | None


def scene(log: Log) -> Scene:
    """Platform and builder, as far as the log names them."""
    text = log.text if len(log.text) <= 2 * HEAD else log.text[:HEAD] + log.text[-HEAD:]
    platform: str | None = None
    builder: str | None = None
    for needle, its_platform, its_builder in GIVEAWAYS:
        if (platform is None and its_platform) or (builder is None and its_builder):
            if needle not in text:
                continue
            platform = platform or its_platform
            if builder is None and its_builder and (its_platform is None or its_platform == platform):
                builder = its_builder
    return Scene(platform, builder)


def command_of(log: Log, number: int) -> str | None:
    """The command that printed a line: named behind it by a failing step, or before it by the step's heading."""
    for other in range(number, min(number + 30, log.count + 1)):
        text = log.line(other)
        if "did not complete successfully" in text or 'Command "' in text or "executor failed" in text:
            found = _command(text)
            if found:
                return found
    for other in range(number, max(0, number - LOOK_BACK), -1):
        found = _command(log.line(other))
        if found:
            return found
    return None


def _command(text: str) -> str | None:
    for pattern in COMMANDS:
        match = pattern.search(text)
        if match is not None:
            command = MOUNT.sub("", match["run"]).strip()
            return command or None
    return None


DOCKERFILE = re.compile(r"^(?P<path>[\w./-]*[Dd]ockerfile[\w.-]*):(?P<line>\d+)$")


def dockerfile_line(log: Log, number: int) -> tuple[str, int] | None:
    """The line of a Dockerfile that BuildKit names at the end of a failed build."""
    for other in range(number, min(number + 60, log.count) + 1):
        match = DOCKERFILE.match(log.line(other).strip())
        if match is not None:
            return match["path"], int(match["line"])
    return None


def phase_of(log: Log, number: int, command: str | None, hint: str | None) -> str | None:
    """The phase in which a line was printed: the signature's own, the command's, or `start` behind a start marker."""
    if hint is not None:
        return hint
    for other in range(number, max(0, number - LOOK_BACK), -1):
        text = log.line(other)
        if STARTED.search(text):
            return "start"
        if _command(text):
            break
    for phase, pattern in PHASES:
        if command and pattern.search(command):
            return phase
    return "build" if command else None


def survived(log: Log, number: int, *, starting: bool) -> bool:
    """Whether the run went on behind a line (a failure that `||` or `;` caught): a sign of that comes before one of the
    end. `starting`: the app failed, and platforms start it again and again: only a success counts."""
    goes_on = SUCCESS if starting else WENT_ON
    for other in range(number + 1, min(number + 3000, log.count) + 1):
        text = log.line(other)
        if not text:
            continue
        if ENDED.search(text):
            return False
        if goes_on.search(text):
            return True
    return False


def ended_well(log: Log) -> bool:
    """Whether the last word of the log is a success."""
    for number in range(log.count, max(0, log.count - 200), -1):
        text = log.line(number)
        if ENDED.search(text) or text.startswith(("Traceback", "Error:", "ERROR")):
            return False
        if SUCCESS.search(text):
            return True
    return False

"""Whatever the files hold, planning ends with plans: no exception, and every place lies within its file."""

from __future__ import annotations

import tempfile
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from firstpush.platforms import Settings, plans
from firstpush.project.app import describe
from tests.planning import project

WORDS = st.sampled_from(
    [
        *(
            '"..."',
            '"@auto"',
            '"python311"',
            '"pip"',
            "[",
            "]",
            "{",
            "}",
            "=",
            ",",
            ":",
            "\n",
            "[phases.install]",
            '"a"',
        ),
        *("[phases.setup]", "[start]", "[variables]", "cmds", "cmd", "nixPkgs", "providers", '["python"]', "3", "true"),
        *(
            '"phases"',
            '"start"',
            '"build"',
            '"builder"',
            '"NIXPACKS"',
            '"deploy"',
            '"startCommand"',
            "null",
            "'''",
            "#",
        ),
        *(
            "web:",
            "release:",
            "import x",
            "def f(",
            "app = FastAPI()",
            "@app.get('/')",
            "\\",
            "\ufeff",
            "é",
            "\r\n",
            " ",
        ),
        *(
            "python",
            "3.11",
            "-r x.txt",
            "fastapi==",
            '"scripts"',
            '"node"',
            '">=18 <"',
            "[project]",
            'name = "x"',
            "\t",
        ),
    ]
)
TEXT = st.lists(WORDS, max_size=14).map("".join).map(str.encode) | st.binary(max_size=40)
NAMES = (
    *("nixpacks.toml", "nixpacks.json", "railway.json", "railway.toml", "Procfile", "requirements.txt", "main.py"),
    *("package.json", "pyproject.toml", ".python-version", "runtime.txt", "Pipfile", ".tool-versions", "manage.py"),
    *("Dockerfile", "turbo.json", "vite.config.js", "tsconfig.json", "api/main.py", "api/nixpacks.toml", "poetry.lock"),
)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.dictionaries(st.sampled_from(NAMES), TEXT, max_size=6),
    st.sampled_from([None, "nixpacks", "nixpacks@1.38", "docker", "railpack"]),
    st.sampled_from([{}, {"NIXPACKS_PKGS": "a ..."}, {"NIXPACKS_CONFIG_FILE": "main.py"}, {"PATH": "x"}, {"NODE": ""}]),
)
def test_plans_end_well(files: dict[str, bytes], builder: str | None, env: dict[str, str]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        tree = project(Path(folder), files)
        for plan in plans(tree, Settings(builder=builder, env=env, platforms=("railway",))):
            for problem in plan.problems:
                span = problem.primary.span
                source = tree.source(span.path)
                assert span.end <= (len(source.data) if source is not None else 0), problem
            for step in plan.steps:
                span_of_step = step.command.text.span()
                assert span_of_step is None or tree.exists(span_of_step.path)
        describe(tree)

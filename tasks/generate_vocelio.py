"""Write examples/vocelio/app/ from services.toml and the templates.

In: the table and two templates under examples/vocelio/. Out: a folder a service (main.py, requirements.txt, Procfile,
railway.json, .python-version). `--check` writes nothing and fails (exit 1) if what is there differs, so that nobody
edits one of 26 copies by hand.
"""

from __future__ import annotations

import argparse
import json
import sys
import tomllib
from pathlib import Path
from string import Template
from typing import Any

VOCELIO = Path(__file__).resolve().parent.parent / "examples" / "vocelio"
FORMS = {
    "phone": 'Annotated[str, Field(pattern=r"^\\+[1-9][0-9]{6,14}$")]',
    "email": 'Annotated[str, Field(pattern=r"^[^@\\s]+@[^@\\s]+\\.[^@\\s]+$")]',
    "percent": "Annotated[float, Field(ge=0, le=100)]",
    "cents": "Annotated[int, Field(ge=0)]",
    "seconds": "Annotated[float, Field(ge=0)]",
    "text": "Annotated[str, Field(min_length=1, max_length=4000)]",
    "str": "Annotated[str, Field(min_length=1, max_length=200)]",
    "int": "int",
    "float": "float",
    "bool": "bool",
}
RAILWAY = {
    "$schema": "https://railway.app/railway.schema.json",
    "build": {"builder": "NIXPACKS"},
    "deploy": {
        "healthcheckPath": "/health",
        "healthcheckTimeout": 60,
        "restartPolicyType": "ON_FAILURE",
        "restartPolicyMaxRetries": 3,
    },
}
COMMON = {
    "Procfile": "web: uvicorn main:app --host 0.0.0.0 --port $PORT\n",
    "railway.json": json.dumps(RAILWAY, indent=2) + "\n",
    ".python-version": "3.11\n",
}


def service_source(row: dict[str, Any], template: Template) -> str:
    """main.py of one service."""
    fields = [f"    {name}: {FORMS[form]}" for name, form in row["fields"].items()]
    actions = [f'    "{name}": ("{leaves}", "{reaches}"),' for name, (leaves, reaches) in row["states"].items()]
    return template.substitute(
        name=row["name"],
        title=row["title"],
        resource=row["resource"],
        start=next(iter(row["states"].values()))[0],
        fields="\n".join(fields),
        actions="\n".join(actions),
    )


CONFIGURATION = """\
# Written by tasks/generate_vocelio.py. What a rehearsal asks every service, besides its health path.
platforms = ["railway"]

[[probe]]
name = "healthy"
path = "/health"
status = 200
expect = { status = "healthy" }
"""


def wanted_files() -> dict[str, str]:
    """Every generated file: path below app/ to text."""
    table = tomllib.loads((VOCELIO / "services.toml").read_text(encoding="utf-8"))
    service = Template((VOCELIO / "template" / "main.py.tmpl").read_text(encoding="utf-8"))
    gateway = Template((VOCELIO / "template" / "gateway.py.tmpl").read_text(encoding="utf-8"))
    rows = sorted(table["service"], key=lambda row: str(row["name"]))
    files: dict[str, str] = {}
    for row in rows:
        files[f"services/{row['name']}/main.py"] = service_source(row, service)
        files[f"services/{row['name']}/requirements.txt"] = "fastapi>=0.115,<1\nuvicorn>=0.30,<1\n"
    front = table["gateway"]
    names = "\n".join(f'    "{row["name"]}",' for row in rows)
    files[f"services/{front['name']}/main.py"] = gateway.substitute(
        name=front["name"], title=front["title"], services=names
    )
    files[f"services/{front['name']}/requirements.txt"] = "fastapi>=0.115,<1\nhttpx>=0.27,<1\nuvicorn>=0.30,<1\n"
    folders = [*(str(row["name"]) for row in rows), str(front["name"])]
    for name in folders:
        files |= {f"services/{name}/{file}": text for file, text in COMMON.items()}
    files["firstpush.toml"] = CONFIGURATION
    return files


def differences(root: Path) -> list[str]:
    """Paths below `root` that are missing, differ, or should not be there."""
    wanted = wanted_files()
    there = {p.relative_to(root).as_posix() for p in root.rglob("*") if p.is_file() and "__pycache__" not in p.parts}
    wrong = {path for path, text in wanted.items() if path not in there or (root / path).read_text("utf-8") != text}
    return sorted(wrong | (there - wanted.keys()))


def main(argv: list[str] | None = None) -> int:
    """Write, or with --check compare. Exit 1 when the committed files differ from the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--check", action="store_true", help="write nothing, fail on a difference")
    args = parser.parse_args(argv)
    root = VOCELIO / "app"
    changed = differences(root)
    if args.check:
        for path in changed:
            print(f"differs from the table: {path}", file=sys.stderr)
        return 1 if changed else 0
    wanted = wanted_files()
    for path in changed:
        target = root / path
        if path not in wanted:
            target.unlink()
            continue
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(wanted[path], encoding="utf-8")
    print(f"{len(wanted)} files, {len(changed)} changed")
    return 0


if __name__ == "__main__":
    sys.exit(main())

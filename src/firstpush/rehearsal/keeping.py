"""`--keep FOLDER`: the logs, the report, and what the commands wrote, for a look afterwards."""

from __future__ import annotations

import os
import re
import subprocess
from pathlib import Path

from firstpush.errors import UnreadableInput
from firstpush.rehearsal.render import html, json
from firstpush.rehearsal.sandbox.box import Sandbox, replica_uid
from firstpush.rehearsal.values import Rehearsal


def keep_everything(folder: Path, result: Rehearsal, sandbox: Sandbox) -> str:
    """Write `NN-phase.log`, `start.log`, `report.json`, `report.html` and `written/N/` (what the Nth command wrote).

    Gives the folder's path. Raises UnreadableInput when it cannot be written."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for number, command in enumerate(result.commands, 1):
            name = re.sub(r"[^A-Za-z0-9]+", "-", command.phase).strip("-")
            (folder / f"{number:02}-{name}.log").write_text(f"$ {command.command}\n{command.output}", "utf-8")
        if result.start is not None:
            (folder / "start.log").write_text(f"$ {result.start.command}\n{result.start.output}", "utf-8")
        (folder / "report.json").write_text(json.render([result]), "utf-8")
        (folder / "report.html").write_text(html.render([result]), "utf-8")
    except OSError as error:
        raise UnreadableInput(f"{folder} cannot be written: {error.strerror}") from None
    written = (folder / "written").absolute()
    for generation in range(sandbox.generation + 1):
        sandbox.keep(generation, written / str(generation), ["tmp", "run"])
    if replica_uid() is not None and written.is_dir():
        subprocess.run(["chown", "-hR", f"{os.getuid()}:{os.getgid()}", "--", str(written)], check=False)
    return str(folder)

"""Runs commands in a bare sandbox and prints what came out as JSON: so that the attacks can also be tried as an
ordinary user (started by `setpriv` from a test that runs as root) and be killed from outside.

    python inside.py FOLDER COMMAND…      (FOLDER: an empty one that the user owns)
"""

from __future__ import annotations

import json
import sys
from dataclasses import asdict
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "src"))

from firstpush.rehearsal.sandbox.box import BoxSpec, Sandbox, replica_uid
from firstpush.rehearsal.sandbox.job import Finished, Running
from firstpush.rehearsal.sandbox.limits import Limits

ENV = {"PATH": "/usr/bin:/bin", "HOME": "/root", "LC_ALL": "C.UTF-8"}
LIMITS = Limits(memory=300 << 20, disk=200 << 20, files=20_000, processes=200, output=4 << 20, command=20.0)


def skeleton(folder: Path) -> Path:
    """The least that a root file system needs."""
    import os
    import subprocess

    for name in ("app", "dev", "etc", "opt", "proc", "root", "run", "tmp", "usr", "var"):
        (folder / name).mkdir(parents=True)
    for name in ("bin", "sbin", "lib", "lib64"):
        if os.path.islink(f"/{name}"):
            os.symlink(os.readlink(f"/{name}"), folder / name)
    (folder / "etc/passwd").write_text("root:x:0:0:root:/root:/bin/bash\n")
    (folder / "tmp").chmod(0o1777)
    folder.chmod(0o755)
    uid = replica_uid()
    if uid is not None:
        subprocess.run(["chown", "-hR", f"{uid}:{uid}", str(folder)], check=True)
    return folder


def box(folder: Path, limits: Limits = LIMITS) -> Sandbox:
    sandbox = Sandbox(BoxSpec(lowers=(str(skeleton(folder)),), limits=limits))
    try:
        sandbox.mount()
    except BaseException:
        sandbox.close()
        raise
    return sandbox


def run(sandbox: Sandbox, command: str, *, timeout: float | None = None) -> Finished:
    started = sandbox.start_command(["/bin/bash", "-c", command], env=ENV, cwd="/app")
    return Running(sandbox, started, sandbox.spec.limits, timeout=timeout).wait()


if __name__ == "__main__":
    with box(Path(sys.argv[1])) as one:
        for text in sys.argv[2:]:
            print(json.dumps(asdict(run(one, text))), flush=True)

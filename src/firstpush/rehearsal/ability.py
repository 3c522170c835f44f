"""What a rehearsal can do on this machine, for `doctor` and for the refusal's message. Starts one tiny sandbox."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import dataclass

from firstpush.rehearsal.sandbox import bwrap


@dataclass(frozen=True, slots=True)
class Capabilities:
    """`sandbox`: None when it works, else why not; `advice`: what to do then; `pythons`: versions that can be
    relocated; `services`: that --with can start; `index_hosts`: what the build may reach; `uv`: its path."""

    sandbox: str | None
    advice: tuple[str, ...]
    bubblewrap: str | None
    pythons: tuple[str, ...]
    services: tuple[str, ...]
    index_hosts: tuple[str, ...]
    uv: str | None

    @property
    def can_rehearse(self) -> bool:
        return self.sandbox is None


def capabilities(*, try_it: bool = True) -> Capabilities:
    """`try_it`: really make a sandbox (some 100 ms); otherwise only look whether its parts are here."""
    from firstpush.rehearsal import services
    from firstpush.rehearsal.door import sources
    from firstpush.rehearsal.replica import interpreters, uv

    program = bwrap.find()
    version = None
    if program:
        try:
            version = subprocess.run(
                [program, "--version"], capture_output=True, text=True, timeout=10, check=False
            ).stdout.strip()
        except OSError:
            program = None
    why, advice = _sandbox(program, try_it)
    found = [
        name
        for name, there in (("postgres", services.postgres_binaries()), ("redis", services.redis_binary()))
        if there
    ]
    return Capabilities(
        sandbox=why,
        advice=advice,
        bubblewrap=version,
        pythons=tuple(dict.fromkeys(one.version for one in [*interpreters.find(), *interpreters.find_system()])),
        services=tuple(found),
        index_hosts=tuple(sorted(sources.read().hosts)),
        uv=uv.find(),
    )


def _sandbox(program: str | None, try_it: bool) -> tuple[str | None, tuple[str, ...]]:
    if sys.platform != "linux":
        return "the sandbox needs Linux", ("Use Linux, WSL 2 or a container engine's Linux.",)
    if program is None:
        return "bubblewrap (bwrap) is not installed", (
            "Install it: apt-get install bubblewrap, dnf install bubblewrap",
        )
    if not try_it:
        return None, ()
    import tempfile
    from pathlib import Path

    from firstpush.rehearsal.sandbox.box import BoxSpec, Sandbox, SandboxUnavailable
    from firstpush.rehearsal.sandbox.job import Running
    from firstpush.rehearsal.sandbox.limits import Limits

    with tempfile.TemporaryDirectory(prefix="firstpush-") as folder:
        Path(folder).chmod(0o755)
        for name in ("usr", "proc", "dev", "tmp"):
            (Path(folder) / name).mkdir()
        for name in ("bin", "lib", "lib64"):
            if (Path("/") / name).is_symlink():
                (Path(folder) / name).symlink_to(f"usr/{name}")
        try:
            with Sandbox(BoxSpec(lowers=(folder,))) as sandbox:
                sandbox.mount()
                started = sandbox.start_command(["/bin/sh", "-c", "exit 7"], env={}, cwd="/")
                done = Running(sandbox, started, Limits(), timeout=20).wait()
        except (SandboxUnavailable, OSError) as error:
            return str(error), _ways_out()
    return (None, ()) if done.exit_code == 7 else (f"bubblewrap failed: {done.output.strip()[:300]}", _ways_out())


def _ways_out() -> tuple[str, ...]:
    return (
        (
            "On Ubuntu 24.04 and later, unprivileged namespaces need an AppArmor profile: "
            "sudo sysctl kernel.apparmor_restrict_unprivileged_userns=0 allows them until the next boot."
        ),
        "`sudo firstpush rehearse` needs no unprivileged namespaces; commands still do not run as root.",
        "In a container, allow namespaces (for example --security-opt seccomp=unconfined) or rehearse outside of it.",
    )

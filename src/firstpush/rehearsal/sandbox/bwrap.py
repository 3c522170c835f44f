"""bubblewrap's arguments for one command in a replica. Pure: a description in, words out."""

from __future__ import annotations

import shutil
from collections.abc import Mapping, Sequence

from firstpush.rehearsal.sandbox.keeper import STAGE

# Docker's default capabilities but MKNOD and AUDIT_WRITE: what root of a container can do, root of the replica can do.
# Source: moby's default profile (oci/caps/defaults.go), checked 2026-11-20.
CAPABILITIES = (
    "CAP_CHOWN",
    "CAP_DAC_OVERRIDE",
    "CAP_FOWNER",
    "CAP_FSETID",
    "CAP_KILL",
    "CAP_SETGID",
    "CAP_SETUID",
    "CAP_SETPCAP",
    "CAP_NET_BIND_SERVICE",
    "CAP_SYS_CHROOT",
    "CAP_SETFCAP",
)
SHARED_MEMORY = 64 * 1024 * 1024  # Docker's size of /dev/shm


def find() -> str | None:
    """The bubblewrap program of this machine."""
    return shutil.which("bwrap") or shutil.which("bwrap", path="/usr/bin:/usr/local/bin:/bin")


def arguments(
    *,
    generation: int,
    cwd: str,
    env: Mapping[str, str],
    uid: int = 0,
    read_only: Sequence[tuple[str, str]] = (),
    writable: Sequence[tuple[str, str]] = (),
    emptied: Sequence[str] = (),
    session: bool = True,
) -> bytes:
    """For `--args FD`. `read_only`, `writable`: (place on the host or below the stage, place in the replica) pairs.
    `emptied`: folders that are
    there but empty; `session`: a new terminal session (False for a shell that owns the terminal given to it)."""
    words = [
        *("--unshare-user", "--unshare-pid", "--unshare-ipc", "--unshare-uts", "--unshare-cgroup-try"),
        *("--disable-userns", "--uid", str(uid), "--gid", str(uid), "--hostname", "replica"),
        *("--die-with-parent", "--as-pid-1"),
        *(("--new-session",) if session else ()),
        *("--cap-drop", "ALL"),
    ]
    if uid == 0:
        for name in CAPABILITIES:
            words += ["--cap-add", name]
    words += ["--bind", f"{STAGE}/g{generation}/root", "/"]
    words += [
        "--proc",
        "/proc",
        "--dev",
        "/dev",
        "--size",
        str(SHARED_MEMORY),
        "--perms",
        "1777",
        "--tmpfs",
        "/dev/shm",
    ]
    words += ["--remount-ro", "/dev", "--ro-bind", "/proc/sys", "/proc/sys"]
    for source, target in read_only:
        words += ["--ro-bind", source, target]
    for source, target in writable:
        words += ["--bind", source, target]
    for place in emptied:
        words += ["--tmpfs", place]
    words += ["--chdir", cwd, "--clearenv"]
    for name, value in env.items():
        words += ["--setenv", name, value]
    return b"".join(word.encode("utf-8", "surrogateescape") + b"\0" for word in words)

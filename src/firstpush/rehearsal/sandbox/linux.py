"""The few system calls that Python has no function for, through ctypes: unshare, mount, prctl, inotify, loopback.

In: plain values. Out: nothing, or OSError with the name of the call. Linux only; imported by the keeper alone.
"""

from __future__ import annotations

import ctypes
import errno
import fcntl
import os
import socket
import struct

CLONE_NEWNS = 0x20000
CLONE_NEWUSER = 0x10000000
CLONE_NEWNET = 0x40000000

MS_RDONLY = 1
MS_NOSUID = 2
MS_NODEV = 4
MS_BIND = 4096
MS_REC = 16384
MS_PRIVATE = 1 << 18
MS_SLAVE = 1 << 19

PR_SET_PDEATHSIG = 1

IN_OPEN = 0x20
IN_ONLYDIR = 0x01000000
IN_Q_OVERFLOW = 0x4000
IN_ISDIR = 0x40000000

_SIOCSIFFLAGS = 0x8914
_SIOCSIFADDR = 0x8916
_IFF_UP_RUNNING = 0x41

_libc = ctypes.CDLL(None, use_errno=True)
_libc.mount.argtypes = [ctypes.c_char_p, ctypes.c_char_p, ctypes.c_char_p, ctypes.c_ulong, ctypes.c_char_p]


def _check(result: int, what: str) -> int:
    if result < 0:
        number = ctypes.get_errno()
        raise OSError(number, f"{what}: {os.strerror(number)} ({errno.errorcode.get(number, number)})")
    return result


def unshare(flags: int) -> None:
    _check(_libc.unshare(ctypes.c_int(flags)), f"unshare({flags:#x})")


def mount(source: str | None, target: str, kind: str | None = None, flags: int = 0, data: str | None = None) -> None:
    def encoded(value: str | None) -> bytes | None:
        return None if value is None else os.fsencode(value)

    result = _libc.mount(encoded(source), os.fsencode(target), encoded(kind), flags, encoded(data))
    _check(result, f"mount {kind or 'bind'} on {target}")


def unmount(target: str) -> None:
    """Detach a mount at once; it ends when the last user of it ends."""
    _check(_libc.umount2(os.fsencode(target), ctypes.c_int(2)), f"umount {target}")


def die_with_parent(signal_number: int) -> None:
    """Let the kernel send us this signal when the thread that started us ends."""
    _check(_libc.prctl(PR_SET_PDEATHSIG, ctypes.c_ulong(signal_number), 0, 0, 0), "prctl(PDEATHSIG)")


def loopback_up(alias: str | None) -> None:
    """Bring `lo` up in this network namespace, with a second address outside 127/8.

    The platform reaches the app by such an address: a server bound to 127.0.0.1 is not found there."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as control:
        fcntl.ioctl(control, _SIOCSIFFLAGS, struct.pack("16sH14x", b"lo", _IFF_UP_RUNNING))
        if alias:
            address = struct.pack("16sH2s4s8x", b"lo:1", socket.AF_INET, b"\0\0", socket.inet_aton(alias))
            fcntl.ioctl(control, _SIOCSIFADDR, address)


class OpenWatch:
    """Records which files below a folder are opened, by inotify. `lost`: events were dropped, so nothing is known."""

    def __init__(self, top: str) -> None:
        self.top = top
        self.fd = _check(_libc.inotify_init1(os.O_NONBLOCK | os.O_CLOEXEC), "inotify_init1")
        self.names: dict[int, str] = {}
        self.seen: set[str] = set()
        self.lost = False
        for directory, _folders, _files in os.walk(top):
            watch = _libc.inotify_add_watch(self.fd, os.fsencode(directory), IN_OPEN | IN_ONLYDIR)
            if watch < 0:
                self.lost = True
            else:
                self.names[watch] = directory
        self._drain(keep=False)  # our own walk opened the folders

    def _drain(self, *, keep: bool) -> None:
        while True:
            try:
                data = os.read(self.fd, 1 << 20)
            except BlockingIOError:
                return
            at = 0
            while at < len(data):
                watch, mask, _cookie, length = struct.unpack_from("iIII", data, at)
                name = data[at + 16 : at + 16 + length].rstrip(b"\0")
                at += 16 + length
                if mask & IN_Q_OVERFLOW:
                    self.lost = True
                elif keep and watch in self.names:
                    path = os.path.join(self.names[watch], os.fsdecode(name)) if name else self.names[watch]
                    self.seen.add(os.path.relpath(path, self.top) + ("/" if mask & IN_ISDIR else ""))

    def close(self) -> list[str] | None:
        """The opened paths relative to the folder (folders end with `/`), sorted; None when events were lost."""
        self._drain(keep=True)
        os.close(self.fd)
        return None if self.lost else sorted(self.seen)

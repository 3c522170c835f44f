"""The keeper: one small process that holds a sandbox's namespaces and mounts and starts bubblewrap for each command.

In: a JSON configuration on standard input, then requests on a SEQPACKET socket (file descriptor in argv[1]), a JSON
object each, with file descriptors beside it. Out: JSON answers on the same socket. It never reads a file that a
command wrote, never runs one, and never runs a command as the host's uid 0. When firstpush ends, however it ends, the
kernel kills the keeper, the keeper's end kills bubblewrap (`--die-with-parent`), and with the last process the mounts
go: everything a command wrote lives on a tmpfs inside this mount namespace.

It is a process of its own because namespaces belong to a process, and firstpush must stay outside. bubblewrap 0.8
cannot mount overlays, and a replica needs them: `/nix/store` is 0555 but root writes into it, which shall neither
reach the cached interpreter nor be refused.
"""

from __future__ import annotations

import json
import os
import resource
import select
import signal
import socket
import subprocess
import sys
from typing import Any

from firstpush.rehearsal.sandbox import linux

STAGE = "/sys"  # our tmpfs lies here: it exists everywhere, holds no file that we need, and every uid may pass it
SOURCES = f"{STAGE}/src"


class Keeper:
    """Namespaces, mounts and children of one sandbox."""

    def __init__(self, config: dict[str, Any], control: socket.socket) -> None:
        self.config = config
        self.control = control
        self.run_uid: int | None = config["run_uid"]
        self.generation = -1
        self.lowers: list[str] = []
        self.children: dict[int, tuple[str, linux.OpenWatch | None]] = {}
        self.listener: socket.socket | None = None

    # ---- set-up

    def enter(self) -> None:
        """Leave the host's namespaces, bring the network up, make the stage."""
        if self.run_uid is not None:
            linux.unshare(linux.CLONE_NEWNS | linux.CLONE_NEWNET)
        else:
            uid, gid = os.getuid(), os.getgid()
            linux.unshare(linux.CLONE_NEWUSER | linux.CLONE_NEWNS | linux.CLONE_NEWNET)
            _write("/proc/self/setgroups", "deny")
            _write("/proc/self/uid_map", f"0 {uid} 1")
            _write("/proc/self/gid_map", f"0 {gid} 1")
        linux.mount(None, "/", None, linux.MS_REC | (linux.MS_PRIVATE if self.run_uid is not None else linux.MS_SLAVE))
        linux.loopback_up(self.config["alias"])
        _write("/proc/sys/net/ipv4/ip_unprivileged_port_start", "0")  # this namespace's own: PORT may be 80
        self.listener = socket.socket()
        self.listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self.listener.bind(("127.0.0.1", self.config["door_port"]))
        self.listener.listen(64)
        # The caches may lie below the stage's mount point or be hidden by it: take hold of the layers first.
        held = [os.open(path, os.O_PATH | os.O_DIRECTORY) for path in [*self.config["lowers"], self.config["usr"]]]
        options = f"mode=0755,size={self.config['size']},nr_inodes={self.config['inodes']}"
        linux.mount("tmpfs", STAGE, "tmpfs", linux.MS_NOSUID | linux.MS_NODEV, options)
        for index, fd in enumerate(held):
            # Short names: no host path in the sandbox's mountinfo, no `:` in overlay's options, no 4 KiB limit.
            place = self._folder(f"{STAGE}/l/{index}")
            linux.mount(f"/proc/self/fd/{fd}", place, None, linux.MS_BIND)
            os.close(fd)
            self.lowers.append(place)
        self._folder(SOURCES)
        self._mask()

    def _folder(self, path: str) -> str:
        os.makedirs(path, exist_ok=True)
        if self.run_uid is not None:
            os.chown(path, self.run_uid, self.run_uid)
        return path

    def _mask(self) -> None:
        """A layer over the host's /usr that hides names (whiteouts) and empties folders (opaque)."""
        top = self._folder(f"{STAGE}/mask")
        for name in self.config["hidden"]:
            place = f"{top}/{name}"
            folder = os.path.dirname(place)
            if not os.path.isdir(folder):
                parent = top
                for part in os.path.relpath(folder, top).split("/"):
                    parent = self._folder(f"{parent}/{part}")
            if not os.path.lexists(place):
                os.mknod(place, 0o020000, 0)
        for name in self.config["emptied"]:
            os.setxattr(self._folder(f"{top}/{name}"), "user.overlay.opaque", b"y")

    def mount(self, request: dict[str, Any]) -> dict[str, Any]:
        """A new generation of the replica's root: a fresh upper over what the last generation wrote.

        Each step gets its own, as a layer of an image does, so that it can be kept by itself; the start's is what a
        new container writes. `variant`: which sources are there; `forget`: over the base only, without sources (the
        run-time image is another one than the build's)."""
        if self.generation >= 0 and not request.get("forget"):
            for folder in ("root/usr", "root"):
                linux.unmount(f"{STAGE}/g{self.generation}/{folder}")
        below = [] if request.get("forget") else [f"{STAGE}/g{n}" for n in range(self.generation, -1, -1)]
        self.generation += 1
        place = f"{STAGE}/g{self.generation}"
        top = [f"{g}/up" for g in below]
        saved, base = self._split()
        sources = self._folder(f"{SOURCES}/{int(request['variant'])}")
        lowers = [*top, *saved, sources, *base] if not request.get("forget") else base
        self._overlay(place, "root", "up", lowers)
        usr = [f"{layer}/usr" for layer in [*saved, *base] if os.path.isdir(f"{layer}/usr")]
        usr = [*(f"{g}/usr" for g in below), *usr, f"{STAGE}/mask", self.lowers[-1]]
        os.makedirs(f"{place}/root/usr", exist_ok=True)
        self._overlay(place, "root/usr", "usr", usr)
        return {"op": "mounted", "generation": self.generation}

    def _split(self) -> tuple[list[str], list[str]]:
        """Layers that were made over the sources (upmost) and those below them."""
        over = int(self.config["over_sources"])
        return self.lowers[:over], self.lowers[over:-1]

    def _overlay(self, place: str, target: str, name: str, lowers: list[str]) -> None:
        up, work = self._folder(f"{place}/{name}"), self._folder(f"{place}/{name}.work")
        where = f"{place}/{target}"
        os.makedirs(where, exist_ok=True)
        data = f"lowerdir={':'.join(lowers)},upperdir={up},workdir={work},userxattr"
        linux.mount("overlay", where, "overlay", linux.MS_NOSUID | linux.MS_NODEV, data)

    # ---- requests

    def unpack(self, request: dict[str, Any], fds: list[int]) -> dict[str, Any]:
        """Unpack a tar stream below a layer of sources (`variant`), as the uid that owns the sandbox."""
        parent = self._folder(f"{SOURCES}/{int(request['variant'])}")
        for part in request["folder"].strip("/").split("/"):
            parent = self._folder(f"{parent}/{part}")
        pid = os.fork()
        if pid == 0:
            try:
                os.dup2(fds[0], 0)
                self._drop()
                os.execve("/usr/bin/tar", ["tar", "-x", "--no-same-owner", "-C", parent], {"LC_ALL": "C"})
            finally:
                os._exit(126)
        _pid, status = os.waitpid(pid, 0)
        return {"op": "unpacked", "rc": os.waitstatus_to_exitcode(status)}

    def run(self, request: dict[str, Any], fds: list[int]) -> dict[str, Any]:
        """Start bubblewrap. Descriptors: standard output and error, bwrap's arguments, [filter], [standard input]."""
        watch = linux.OpenWatch(f"{STAGE}/g{self.generation}/root{request['watch']}") if request.get("watch") else None
        keeper = os.getpid()
        pid = os.fork()
        if pid == 0:
            try:
                self._exec(request, fds, keeper)
            except BaseException as error:
                os.write(2, f"firstpush: the command could not be started: {error}\n".encode())
            finally:
                os._exit(126)
        self.children[pid] = (request["id"], watch)
        return {"op": "started", "id": request["id"], "pid": pid}

    def _exec(self, request: dict[str, Any], fds: list[int], keeper: int) -> None:
        signal.set_wakeup_fd(-1)
        for one in (signal.SIGCHLD, signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGPIPE, signal.SIGXFSZ):
            signal.signal(one, signal.SIG_DFL)
        stdin = fds[request["stdin"]] if request.get("stdin") is not None else os.open("/dev/null", os.O_RDONLY)
        wanted = [stdin, fds[0], fds[0], *fds[1 : 3 if request["filter"] else 2]]
        for fd in range(len(wanted)):  # move ours out of the way of the numbers they are to get
            wanted[fd] = _above(wanted[fd])
        for number, fd in enumerate(wanted):
            os.dup2(fd, number, inheritable=True)
        os.closerange(len(wanted), 1024)
        if request.get("terminal"):
            os.setsid()
            import fcntl
            import termios

            fcntl.ioctl(0, termios.TIOCSCTTY, 0)
        for name, value in request["limits"].items():
            which = getattr(resource, f"RLIMIT_{name}")
            hard = resource.getrlimit(which)[1]
            value = value if hard == resource.RLIM_INFINITY else min(value, hard)
            resource.setrlimit(which, (value, value))
        _write("/proc/self/oom_score_adj", "1000")
        self._drop()
        linux.die_with_parent(signal.SIGKILL)
        if os.getppid() != keeper:
            os._exit(126)
        argv = ["bwrap", "--args", "3", *(["--seccomp", "4"] if request["filter"] else []), "--", *request["argv"]]
        os.execve(self.config["bwrap"], argv, {})  # an empty environment: bwrap's own can be read from inside

    def _drop(self) -> None:
        if self.run_uid is not None:
            os.setgroups([])
            os.setresgid(self.run_uid, self.run_uid, self.run_uid)
            os.setresuid(self.run_uid, self.run_uid, self.run_uid)

    def keep(self, request: dict[str, Any]) -> dict[str, Any]:
        """Copy what one generation wrote to a folder of the cache. No command runs any more."""
        source, target = f"{STAGE}/g{request['generation']}", request["target"]
        for name in request["without"]:
            subprocess.run(["/bin/rm", "-rf", "--", f"{source}/up/{name.strip('/')}"], check=False, env={})
        copies = [(f"{source}/up/.", target), (f"{source}/usr/.", f"{target}/usr")]
        for origin, place in copies:
            os.makedirs(place, exist_ok=True)
            done = subprocess.run(["/bin/cp", "-a", "--", origin, place], check=False, env={}, capture_output=True)
            if done.returncode:
                return {"op": "kept", "error": done.stderr.decode("utf-8", "replace")[:500]}
        return {"op": "kept"}

    def sockets(self, request: dict[str, Any]) -> None:
        """Unconnected sockets of this network namespace, for probes from outside."""
        family = socket.AF_INET6 if request.get("v6") else socket.AF_INET
        made = [socket.socket(family) for _ in range(request["count"])]
        socket.send_fds(self.control, [b'{"op":"sockets"}'], [one.fileno() for one in made])
        for one in made:
            one.close()

    # ---- loop

    def serve(self) -> None:
        wake_read, wake_write = os.pipe2(os.O_NONBLOCK | os.O_CLOEXEC)
        signal.signal(signal.SIGCHLD, lambda *_: None)
        signal.set_wakeup_fd(wake_write)
        assert self.listener is not None
        socket.send_fds(self.control, [b'{"op":"ready"}'], [self.listener.fileno()])
        self.listener.close()
        while True:
            ready = select.select([self.control.fileno(), wake_read], [], [])[0]
            if wake_read in ready:
                os.read(wake_read, 4096)
                self._reap()
            if self.control.fileno() in ready:
                data, fds, _flags, _address = socket.recv_fds(self.control, 1 << 20, 8)
                if not data:
                    return
                try:
                    answer = self._answer(json.loads(data), fds)
                except OSError as error:
                    answer = {"op": "error", "error": str(error)}
                finally:
                    for fd in fds:
                        os.close(fd)
                if answer is not None:
                    self.control.send(json.dumps(answer).encode())

    def _answer(self, request: dict[str, Any], fds: list[int]) -> dict[str, Any] | None:
        match request["op"]:
            case "unpack":
                return self.unpack(request, fds)
            case "mount":
                return self.mount(request)
            case "run":
                return self.run(request, fds)
            case "kill":
                for pid, (name, _watch) in self.children.items():
                    if name == request["id"]:
                        os.kill(pid, signal.SIGKILL)
                return None
            case "sockets":
                self.sockets(request)
                return None
            case "keep":
                return self.keep(request)
            case "listening":
                return {
                    "op": "listening",
                    "tables": {name: _read(f"/proc/self/net/{name}") for name in ("tcp", "tcp6")},
                }
            case other:
                return {"op": "error", "error": f"unknown request {other}"}

    def _reap(self) -> None:
        for pid in list(self.children):
            done, status, usage = os.wait4(pid, os.WNOHANG)
            if done == 0:
                continue
            name, watch = self.children.pop(pid)
            answer = {
                "op": "exit",
                "id": name,
                "rc": os.waitstatus_to_exitcode(status),
                "cpu": usage.ru_utime + usage.ru_stime,
                "maxrss": usage.ru_maxrss * 1024,
                "opened": watch.close() if watch else None,
            }
            self.control.send(json.dumps(answer).encode())


def _write(path: str, text: str) -> None:
    with open(path, "w", encoding="ascii") as file:
        file.write(text)


def _read(path: str) -> str:
    try:
        with open(path, encoding="ascii") as file:
            return file.read()
    except OSError:
        return ""


def _above(fd: int) -> int:
    import fcntl

    return fcntl.fcntl(fd, fcntl.F_DUPFD, 64)


def main() -> None:
    """Entry of `python -c` as started by box.py: argv[1] is the control socket, argv[2] the expected parent."""
    control = socket.socket(fileno=int(sys.argv[1]))
    linux.die_with_parent(signal.SIGKILL)
    if os.getppid() != int(sys.argv[2]):
        os._exit(1)
    os.setsid()
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    os.umask(0o022)
    try:
        keeper = Keeper(json.loads(sys.stdin.buffer.read()), control)
        keeper.enter()
    except OSError as error:
        control.send(json.dumps({"op": "error", "error": str(error), "errno": error.errno}).encode())
        os._exit(1)
    keeper.serve()
    os._exit(0)


if __name__ == "__main__":
    main()

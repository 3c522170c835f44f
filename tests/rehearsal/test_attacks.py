"""What hostile commands may try, each for real, as root and as an ordinary user: the host is unchanged."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from firstpush.rehearsal.sandbox.box import descendants
from firstpush.rehearsal.sandbox.job import Finished
from tests.rehearsal import inside

pytestmark = [pytest.mark.sandbox]
USER = 64321
PYTHON = next((path for path in ("/usr/bin/python3", sys.executable) if os.path.exists(path)), sys.executable)
Attack = Callable[..., Finished]


@pytest.fixture(params=["as we are", "as an ordinary user"])
def attack(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Attack]:
    """A function that runs one command in a fresh or the same sandbox."""
    if request.param == "as we are":
        with inside.box(tmp_path / "root") as sandbox:
            yield lambda command, **options: inside.run(sandbox, command, **options)
        return
    if os.geteuid() != 0:
        pytest.skip("we are an ordinary user already")

    def as_user(command: str, **_options: object) -> Finished:
        folder = Path("/tmp") / f"firstpush-attack-{os.getpid()}-{time.monotonic_ns()}"
        folder.mkdir(mode=0o755)
        os.chown(folder, USER, USER)
        words = [
            "setpriv",
            f"--reuid={USER}",
            f"--regid={USER}",
            "--clear-groups",
            PYTHON,
            inside.__file__,
            str(folder),
            command,
        ]
        try:
            done = subprocess.run(words, capture_output=True, text=True, timeout=60, check=False, cwd="/")
            assert done.returncode == 0, done.stderr
            return Finished(**json.loads(done.stdout))
        finally:
            subprocess.run(["rm", "-rf", str(folder)], check=False)

    yield as_user


def test_runs_as_root_of_its_own_world(attack: Attack) -> None:
    found = attack("id -u; hostname; ls /app | wc -l; pwd")
    assert (found.exit_code, found.output.split()) == (0, ["0", "replica", "0", "/app"])


def test_nothing_of_home_or_secrets_is_read(attack: Attack, tmp_path: Path) -> None:
    canary = tmp_path / "canary"
    canary.write_text("top-secret-canary")
    home = Path.home()
    found = attack(
        f"cat {canary} /etc/shadow {home}/.ssh/* {home}/.bashrc /root/.profile; ls -A /root /home {home} 2>&1; "
        "cat /proc/1/environ"
    )
    assert "top-secret-canary" not in found.output
    assert "root:x:" not in found.output
    assert "root:$" not in found.output
    assert "root:*" not in found.output
    for name, value in os.environ.items():
        if len(value) > 12 and name not in ("PATH", "LC_ALL"):
            assert f"{name}={value}" not in found.output


def test_nothing_outside_can_be_written(attack: Attack, tmp_path: Path) -> None:
    canary = tmp_path / "canary"
    canary.write_text("unchanged")
    before = os.stat("/usr/bin/env").st_mtime_ns, os.stat("/etc/passwd").st_mtime_ns
    attack(
        f"echo x > {canary}; echo x >> /usr/bin/env; rm -f /usr/bin/env /etc/passwd; echo evil > /etc/passwd; "
        "chmod 777 /usr /etc; touch /usr/bin/firstpush-was-here /firstpush-was-here"
    )
    assert canary.read_text() == "unchanged"
    assert (os.stat("/usr/bin/env").st_mtime_ns, os.stat("/etc/passwd").st_mtime_ns) == before
    assert not os.path.exists("/usr/bin/firstpush-was-here")
    assert not os.path.exists("/firstpush-was-here")


@pytest.mark.parametrize("name", ["kernel/core_pattern", "vm/drop_caches", "kernel/hostname", "net/ipv4/ip_forward"])
def test_kernel_settings_cannot_be_opened_for_writing(attack: Attack, name: str) -> None:
    found = attack(f"exec 3>/proc/sys/{name} && echo opened")
    assert "opened" not in found.output


@pytest.mark.parametrize(
    "command",
    [
        "mount -t tmpfs none /mnt",
        "mount --bind /etc /opt",
        "mount -o remount,rw /dev",
        "umount -l /proc",
        "unshare -U true",
        "unshare -m true",
        "nsenter -t 1 -n true",
        "mknod /tmp/sda b 8 0 && head -c1 /tmp/sda",
        "touch /dev/evil",
        "chroot /proc/1/root/../../.. ls /home/*",
        "dmesg",
        "setpriv --reuid=1000 true",
        "ls /sys/kernel",
    ],
)
def test_no_way_out_by(attack: Attack, command: str) -> None:
    assert attack(command).exit_code != 0


def test_other_processes_are_not_seen_or_signalled(attack: Attack) -> None:
    victim = subprocess.Popen(["sleep", "60"])
    try:
        found = attack(f"kill -9 {victim.pid}; kill -9 -1; ls /proc | grep -c '^[0-9]'; echo done")
        assert victim.poll() is None
        assert int(found.output.split("\n")[-3]) < 10 if found.exit_code == 0 else True
    finally:
        victim.kill()
        victim.wait()


def test_host_loopback_and_network_are_not_reached(attack: Attack) -> None:
    with socket.socket() as server, socket.socket(socket.AF_UNIX) as abstract:
        server.bind(("127.0.0.1", 0))
        server.listen()
        abstract.bind("\0firstpush-canary")
        abstract.listen()
        port = server.getsockname()[1]
        address = socket.gethostbyname(socket.gethostname()) if os.path.exists("/etc/hosts") else "127.0.0.1"
        found = attack(
            f"for to in 127.0.0.1/{port} {address}/{port} 169.254.169.254/80 1.1.1.1/53; do "
            'timeout 3 bash -c "exec 3<>/dev/tcp/$to" 2>/dev/null && echo reached $to; done; '
            "cat /proc/net/unix | grep canary"
        )
        assert "reached" not in found.output
        assert "canary" not in found.output


def test_fork_bomb_is_bounded_and_gone(attack: Attack) -> None:
    begun = time.monotonic()
    before = _processes()
    attack("b() { b | b & }; b; sleep 3", timeout=5.0)
    assert time.monotonic() - begun < 45
    assert _processes() <= before + 20


def test_memory_hog_is_stopped(attack: Attack) -> None:
    found = attack("x=$(head -c 900M /dev/zero | tr '\\0' x); echo survived ${#x}")
    assert "survived" not in found.output


def test_full_disk_stays_inside(attack: Attack) -> None:
    free = os.statvfs("/").f_bavail * os.statvfs("/").f_frsize
    found = attack(
        "head -c 1G /dev/zero > /tmp/big; head -c 200M /dev/zero > /dev/shm/big; ls -l /tmp/big | awk '{print $5}'"
    )
    assert "No space left" in found.output or "File size limit" in found.output
    assert os.statvfs("/").f_bavail * os.statvfs("/").f_frsize > free - (900 << 20)


def test_flood_of_files_stays_inside(attack: Attack) -> None:
    found = attack('mkdir /tmp/f; cd /tmp/f; for n in $(seq 30); do touch $(seq -f "$n-%g" 2000) || exit 9; done')
    assert found.exit_code == 9


def test_endless_output_is_stopped_and_short(attack: Attack) -> None:
    found = attack("yes firstpush")
    assert found.stopped is not None
    assert "output" in found.stopped
    assert len(found.output) < 2 << 20


def test_ignoring_signals_does_not_help(tmp_path: Path) -> None:
    with inside.box(tmp_path / "root") as sandbox:
        begun = time.monotonic()
        found = inside.run(sandbox, "trap '' TERM INT HUP; while :; do sleep 0.1; done", timeout=1.0)
        assert found.stopped is not None
        assert time.monotonic() - begun < 5


def test_daemons_do_not_outlive_their_command(attack: Attack) -> None:
    mark = f"9{os.getpid()}.125"
    attack(f"setsid sleep {mark} & nohup sleep {mark} >/dev/null 2>&1 & disown -a; sleep 0.2")
    time.sleep(0.1)
    assert not _running(mark)


def test_a_kept_output_pipe_does_not_hang_us(tmp_path: Path) -> None:
    with inside.box(tmp_path / "root") as sandbox:
        begun = time.monotonic()
        assert inside.run(sandbox, "sleep 50 & exit 0").exit_code == 0
        assert time.monotonic() - begun < 10


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT])
def test_everything_is_gone_when_firstpush_is_killed(tmp_path: Path, number: int) -> None:
    mark = f"8{os.getpid()}.{number}25"
    process = subprocess.Popen(
        [sys.executable, inside.__file__, str(tmp_path / "root"), f"sleep {mark} & trap '' TERM; sleep {mark}"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    try:
        _until(lambda: len(_running(mark)) >= 2)
        children = descendants(process.pid)
        process.send_signal(number)
        process.wait(10)
        _until(lambda: not _running(mark), 5)
        _until(lambda: not any(_alive(pid) for pid in children), 5)
    finally:
        process.kill()
        process.communicate()


def test_closing_leaves_no_mount_and_no_process(tmp_path: Path) -> None:
    before = Path("/proc/self/mountinfo").read_text()
    sandbox = inside.box(tmp_path / "root")
    started = sandbox.start_command(["/bin/sleep", "77"], env=inside.ENV, cwd="/")
    keeper = sandbox._process.pid
    os.close(started[2])
    sandbox.close()
    assert Path("/proc/self/mountinfo").read_text() == before
    assert not _alive(keeper)
    assert not _alive(started[1])
    assert sorted(path.name for path in (tmp_path / "root/tmp").iterdir()) == []


def test_network_can_be_cut(tmp_path: Path) -> None:
    with inside.box(tmp_path / "root") as sandbox:
        listener = sandbox.listener
        assert listener is not None

        def greet() -> None:
            connection, _address = listener.accept()
            with connection:
                connection.sendall(b"hello\n")

        threading.Thread(target=greet, daemon=True).start()
        talk = "exec 3<>/dev/tcp/127.0.0.1/3128 && cat <&3"
        assert inside.run(sandbox, talk, timeout=3.0).output.startswith("hello")
        sandbox.cut_network()
        assert "refused" in inside.run(sandbox, talk).output


def _processes() -> int:
    return sum(name.isdigit() for name in os.listdir("/proc"))


def _running(mark: str) -> list[int]:
    found = []
    for name in os.listdir("/proc"):
        if name.isdigit():
            try:
                words = Path(f"/proc/{name}/cmdline").read_bytes().split(b"\0")
            except OSError:
                continue
            if words[0].endswith(b"sleep") and mark.encode() in words:
                found.append(int(name))
    return found


def _alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] not in "ZX"
    except OSError:
        return False


def _until(condition: Callable[[], bool], seconds: float = 15.0) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "it did not happen in time"
        time.sleep(0.02)

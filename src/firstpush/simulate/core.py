"""What every described machine has without saying so: the standard folders, the shells and the core utilities."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from firstpush.simulate.filesystem import Node

# GNU coreutils, and what the machine description counts with them (docs/simulate.md).
_CORE_WORDS = """
    arch b2sum base32 base64 basename basenc cat chcon chgrp chmod chown cksum comm cp csplit cut date dd df dir
    dircolors dirname du echo env expand expr factor false fmt fold groups head hostid id install join link ln logname
    ls md5sum mkdir mkfifo mknod mktemp mv nice nl nohup nproc numfmt od paste pathchk pinky pr printenv printf ptx pwd
    readlink realpath rm rmdir runcon seq sha1sum sha224sum sha256sum sha384sum sha512sum shred shuf sleep sort split
    stat stdbuf stty sum sync tac tail tee test timeout touch tr true truncate tsort tty uname unexpand uniq unlink
    users vdir wc who whoami yes [
    bash sh dash rbash grep egrep fgrep sed find xargs awk mawk script
"""
CORE_UTILITIES = frozenset(_CORE_WORDS.split())

_FOLDER_WORDS = (
    "/ /bin /boot /dev /etc /home /lib /media /mnt /opt /proc /root /run /sbin /srv /sys /tmp /usr /usr/bin /usr/lib"
    " /usr/local /usr/local/bin /usr/local/lib /usr/local/sbin /usr/sbin /usr/share /usr/src /var /var/tmp /var/lib"
    " /var/cache /var/log /etc/xdg /dev/shm /usr/include /lib64"
)
_FOLDERS = frozenset(_FOLDER_WORDS.split())
_DEVICE_WORDS = "/dev/null /dev/zero /dev/tty /dev/stdin /dev/stdout /dev/stderr /dev/random /dev/urandom"
_DEVICES = frozenset(_DEVICE_WORDS.split())
_FILE_WORDS = "/etc/passwd /etc/group /etc/hosts /etc/os-release /etc/profile /etc/resolv.conf"
_FILES = frozenset(_FILE_WORDS.split())
_MERGED = {"/bin": "usr/bin", "/sbin": "usr/sbin", "/lib": "usr/lib", "/lib64": "usr/lib64"}
MERGED_USR = frozenset(("debian", "ubuntu", "fedora", "arch", "rhel", "amzn"))


def merged_links(os_id: str) -> tuple[str, ...]:
    """The folders that are links into /usr on this system."""
    return tuple(_MERGED) if os_id in MERGED_USR else ()


@lru_cache(maxsize=16384)
def core_node(path: str, os_id: str) -> Node | None:
    """The node that every machine of this system has at this path, or None."""
    from firstpush.simulate.filesystem import File, Folder, Link

    if os_id in MERGED_USR and path in _MERGED:
        return Link(_MERGED[path])
    if path in _FOLDERS:
        return Folder()
    if path in _DEVICES or path in _FILES:
        return File(content="" if path == "/dev/null" else None, mode=0o666 if path in _DEVICES else 0o644)
    folder, _, name = path.rpartition("/")
    if folder in ("/usr/bin", "/bin") and name in CORE_UTILITIES:
        return File(content=None, mode=0o755)
    return None

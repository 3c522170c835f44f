"""The core utilities by name. Only what a later command can notice is modelled: files, exit codes, known output."""

from __future__ import annotations

from collections.abc import Callable

from firstpush.simulate.invocation import Invocation, Result
from firstpush.simulate.programs.files_change import chmod, ln, mkdir, mktemp, move_or_copy, rm, rmdir, tee, touch
from firstpush.simulate.programs.files_read import (
    cat,
    filters,
    find,
    grep,
    identity,
    ls,
    names,
    readlink,
    sed,
    sleep,
    succeeds,
    which,
)

_FILTERS = (
    "awk mawk cut tr sort uniq wc nl fold fmt paste join comm tsort od rev expand unexpand column shuf split csplit"
    " base64 base32 md5sum sha1sum sha256sum sha512sum cksum seq date expr numfmt stat du df nproc uname arch hostid"
    " tty who users groups printenv pathchk pr ptx dircolors factor basenc b2sum sha224sum sha384sum sum logname pinky"
)


MODELS: dict[str, Callable[[Invocation], Result]] = {
    "rm": rm, "rmdir": rmdir, "unlink": rm, "mkdir": mkdir, "touch": touch, "mv": move_or_copy, "cp": move_or_copy,
    "install": move_or_copy, "ln": ln, "link": ln, "chmod": chmod, "chown": succeeds, "chgrp": succeeds, "cat": cat,
    "head": cat, "tail": cat, "tac": cat, "ls": ls, "dir": ls, "vdir": ls, "grep": grep, "egrep": grep, "fgrep": grep,
    "which": which, "readlink": readlink, "realpath": readlink, "basename": names, "dirname": names, "tee": tee,
    "mktemp": mktemp, "id": identity, "whoami": identity, "sed": sed, "sleep": sleep, "find": find, "sync": succeeds,
    "truncate": succeeds, "yes": succeeds, "stty": succeeds, "mkfifo": succeeds, "mknod": succeeds,
    **dict.fromkeys(_FILTERS.split(), filters),
}  # fmt: skip

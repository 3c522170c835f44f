"""A system call filter (classic BPF) for bubblewrap's `--seccomp`: what no build and no web app needs is refused.

Out: the bytes of the program, or None on a machine whose system call numbers we do not know. Namespaces, capabilities
and the file system are the walls; this is one more, against the kernel's least tried corners.
"""

from __future__ import annotations

import struct

# name: (x86_64, aarch64); -1: does not exist there. Source: the kernel's system call tables (arch/x86/entry/syscalls,
# include/uapi/asm-generic/unistd.h).
DENIED: dict[str, tuple[int, int]] = {
    "mount": (165, 40),
    "umount2": (166, 39),
    "pivot_root": (155, 41),
    "swapon": (167, 224),
    "swapoff": (168, 225),
    "reboot": (169, 142),
    "init_module": (175, 105),
    "delete_module": (176, 106),
    "finit_module": (313, 273),
    "kexec_load": (246, 104),
    "kexec_file_load": (320, 294),
    "bpf": (321, 280),
    "perf_event_open": (298, 241),
    "userfaultfd": (323, 282),
    "keyctl": (250, 219),
    "add_key": (248, 217),
    "request_key": (249, 218),
    "open_by_handle_at": (304, 265),
    "name_to_handle_at": (303, 264),
    "setns": (308, 268),
    "unshare": (272, 97),
    "io_uring_setup": (425, 425),
    "io_uring_enter": (426, 426),
    "io_uring_register": (427, 427),
    "open_tree": (428, 428),
    "move_mount": (429, 429),
    "fsopen": (430, 430),
    "fsconfig": (431, 431),
    "fsmount": (432, 432),
    "fspick": (433, 433),
    "mount_setattr": (442, 442),
    "quotactl": (179, 60),
    "acct": (163, 89),
    "settimeofday": (164, 170),
    "clock_settime": (227, 112),
    "clock_adjtime": (305, 266),
    "adjtimex": (159, 171),
    "syslog": (103, 116),
    "iopl": (172, -1),
    "ioperm": (173, -1),
    "personality": (135, 92),
    "move_pages": (279, 239),
    "process_vm_writev": (311, 271),
    "pidfd_getfd": (438, 438),
}
ARCHITECTURES = {"x86_64": (0xC000003E, 0), "aarch64": (0xC00000B7, 1)}
_CLONE = (56, 220)
_CLONE3 = (435, 435)
_IOCTL = (16, 29)
_SOCKET = (41, 198)
_NEW_NAMESPACES = 0x7E020000
_TIOCSTI, _TIOCLINUX = 0x5412, 0x541C
_FAMILIES = (1, 2, 10, 16)  # UNIX, INET, INET6, NETLINK

_LOAD, _JEQ, _JSET, _JGE, _RETURN = 0x20, 0x15, 0x45, 0x35, 0x06
_EPERM, _ENOSYS, _EAFNOSUPPORT = 0x50001, 0x50000 | 38, 0x50000 | 97
_ALLOW, _KILL = 0x7FFF0000, 0x80000000
_NUMBER, _ARCHITECTURE, _ARGUMENT_0, _ARGUMENT_1 = 0, 4, 16, 24


def program(machine: str) -> bytes | None:
    """The filter for `os.uname().machine`."""
    if machine not in ARCHITECTURES:
        return None
    audit, column = ARCHITECTURES[machine]
    code: list[tuple[int, int, int, int]] = []

    def add(operation: int, on_true: int, on_false: int, value: int) -> None:
        code.append((operation, on_true, on_false, value))

    add(_LOAD, 0, 0, _ARCHITECTURE)
    add(_JEQ, 1, 0, audit)
    add(_RETURN, 0, 0, _KILL)
    add(_LOAD, 0, 0, _NUMBER)
    if column == 0:  # the x32 table would offer every call under a second number
        add(_JGE, 0, 1, 0x40000000)
        add(_RETURN, 0, 0, _EPERM)
    for numbers in DENIED.values():
        if numbers[column] >= 0:
            add(_JEQ, 0, 1, numbers[column])
            add(_RETURN, 0, 0, _EPERM)
    add(_JEQ, 0, 1, _CLONE3[column])  # its flags are behind a pointer: libc falls back to clone on ENOSYS only
    add(_RETURN, 0, 0, _ENOSYS)
    add(_JEQ, 0, 4, _CLONE[column])
    add(_LOAD, 0, 0, _ARGUMENT_0)
    add(_JSET, 0, 1, _NEW_NAMESPACES)
    add(_RETURN, 0, 0, _EPERM)
    add(_LOAD, 0, 0, _NUMBER)
    add(_JEQ, 0, 5, _IOCTL[column])
    add(_LOAD, 0, 0, _ARGUMENT_1)
    add(_JEQ, 1, 0, _TIOCSTI)
    add(_JEQ, 0, 1, _TIOCLINUX)
    add(_RETURN, 0, 0, _EPERM)
    add(_LOAD, 0, 0, _NUMBER)
    add(_JEQ, 0, len(_FAMILIES) + 2, _SOCKET[column])
    add(_LOAD, 0, 0, _ARGUMENT_0)
    for index, family in enumerate(_FAMILIES):
        add(_JEQ, len(_FAMILIES) - index, 0, family)
    add(_RETURN, 0, 0, _EAFNOSUPPORT)
    add(_RETURN, 0, 0, _ALLOW)
    return b"".join(struct.pack("HBBI", *step) for step in code)

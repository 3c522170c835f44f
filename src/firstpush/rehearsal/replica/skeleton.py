"""The replica's own /etc, /root and links: what a fresh image has besides interpreters. Fills a folder."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

from firstpush.model.machine import Machine

_FOLDERS = (
    *("app", "dev", "etc/ssl/certs", "home", "media", "mnt", "opt", "proc", "root", "run", "srv", "sys", "tmp", "usr"),
    *("var/cache", "var/lib", "var/log", "var/tmp"),
)
_FROM_HOST = (
    "ld.so.cache",
    "ld.so.conf",
    "mime.types",
    "services",
    "protocols",
    "ethertypes",
    "localtime",
    "debian_version",
)
_FOLDERS_FROM_HOST = ("ld.so.conf.d", "alternatives")
CERTIFICATES = "/etc/ssl/certs/ca-certificates.crt"
_CERTIFICATE_PLACES = (CERTIFICATES, "/etc/pki/tls/certs/ca-bundle.crt", "/etc/ssl/cert.pem", "/etc/ssl/ca-bundle.pem")
_NIX_PROFILE = """if [ -n "$HOME" ] && [ -d "$HOME/.nix-profile" ]; then
  export PATH="$HOME/.nix-profile/bin:/nix/var/nix/profiles/default/bin:$PATH"
fi
"""


def fill(folder: Path, machine: Machine, *, certificates: str | None = None) -> None:
    """`certificates`: this machine's bundle when its configuration names one."""
    for name in (*_FOLDERS, machine.cwd.lstrip("/"), machine.user.home.lstrip("/")):
        (folder / name).mkdir(parents=True, exist_ok=True)
    for name in ("tmp", "var/tmp"):
        (folder / name).chmod(0o1777)
    (folder / "root").chmod(0o700)
    for name in ("bin", "sbin", "lib", "lib32", "lib64", "libx32"):
        if os.path.islink(f"/{name}"):
            os.symlink(os.readlink(f"/{name}"), folder / name)
    etc = folder / "etc"
    for name in _FROM_HOST:
        if os.path.exists(f"/etc/{name}"):
            shutil.copy(f"/etc/{name}", etc / name)
    for name in _FOLDERS_FROM_HOST:
        if os.path.isdir(f"/etc/{name}"):
            shutil.copytree(f"/etc/{name}", etc / name, symlinks=True)
    for place in (certificates, *_CERTIFICATE_PLACES):
        if place and os.path.isfile(place):
            shutil.copy(place, folder / CERTIFICATES.lstrip("/"))
            break
    user = machine.user
    # uid 70: for `--with postgres`, which refuses to run as root and as a user without a name
    accounts = ["root:x:0:0:root:/root:/bin/bash", "nobody:x:65534:65534:nobody:/nonexistent:/usr/sbin/nologin"]
    accounts.append("postgres:x:70:70::/var/lib/postgresql:/bin/sh")
    groups = ["root:x:0:", "tty:x:5:", "nogroup:x:65534:"]
    if user.uid not in (0, 65534):
        accounts.append(f"{user.name}:x:{user.uid}:{user.uid}::{user.home}:/bin/bash")
        groups.append(f"{user.name}:x:{user.uid}:")
    _write(etc / "passwd", "\n".join(accounts) + "\n")
    _write(etc / "group", "\n".join(groups) + "\n")
    _write(etc / "hosts", "127.0.0.1 localhost replica\n::1 localhost\n")
    _write(etc / "resolv.conf", "")
    _write(etc / "nsswitch.conf", "passwd: files\ngroup: files\nhosts: files dns\n")
    _write(
        etc / "os-release",
        f'ID={machine.os_id}\nVERSION_ID="{machine.os_version}"\n'
        f'PRETTY_NAME="{machine.os_id} {machine.os_version} (replica)"\n',
    )
    _write(etc / "profile", 'for i in /etc/profile.d/*.sh; do if [ -r "$i" ]; then . "$i"; fi; done; unset i\n')
    (etc / "profile.d").mkdir(exist_ok=True)


def nix_profile(folder: Path) -> None:
    """What the Nixpacks image's login shells read. Source: railwayapp/nixpacks:base/ubuntu/Dockerfile (the shell reads
    /root/.profile, which puts NIXPACKS_PATH before PATH), checked 2026-11-20."""
    _write(folder / "etc/profile.d/nix.sh", _NIX_PROFILE)
    _write(folder / "root/.profile", "PATH=$NIXPACKS_PATH:$PATH\n")


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, "utf-8")

"""Write facts/distributions.toml anew: for which CPythons do popular binary distributions have a Linux wheel?

    python tasks/refresh_distributions.py > src/firstpush/facts/distributions.toml

Reads the public package index. Only distributions that firstpush should know are asked for: those without source
distributions (a missing wheel is then a certain failure) and those that no longer get releases.
"""

from __future__ import annotations

import datetime
import json
import re
import urllib.request
from collections import defaultdict

from packaging.version import InvalidVersion, Version

INDEX = "https://pypi.org/simple"
# name → why no release to come will change the answer (empty: releases go on)
NAMES = {
    "jaxlib": "",
    "mediapipe": "",
    "numpy": "",
    "open3d": "",
    "python-magic-bin": "it is for Windows and macOS only; python-magic with libmagic is for Linux",
    "pywin32": "it is for Windows only",
    "rdkit-pypi": "renamed to rdkit; 2022.9.5 was the last release",
    "tensorflow": "",
    "tensorflow-cpu": "",
    "tensorflow-intel": "it is for Windows only",
    "tflite-runtime": "",
    "torch": "",
    "torchaudio": "",
    "torchvision": "",
}
MINORS = range(7, 16)
# name → releases below this one cannot be built on this minor of CPython 3 and later ones: so the build ends
UNBUILT = {"numpy": (Version("1.26"), 12, "ModuleNotFoundError: No module named 'distutils'")}


def files(name: str) -> list[str]:
    """The names of all files of a project."""
    request = urllib.request.Request(
        f"{INDEX}/{name}/", headers={"Accept": "application/vnd.pypi.simple.v1+json, text/html;q=0.1"}
    )
    with urllib.request.urlopen(request, timeout=60) as answer:
        data = answer.read()
        if "json" in answer.headers["Content-Type"]:
            return [file["filename"] for file in json.loads(data)["files"]]
    return re.findall(r">\s*([^<>]+\.(?:whl|tar\.gz|zip))\s*<", data.decode())


def minors(tag: str, abi: str, platform: str) -> set[int]:
    """Minor versions of CPython 3 whose Linux x86-64 installs take the wheel."""
    if platform != "any" and not ("linux" in platform and "x86_64" in platform):
        return set()
    found: set[int] = set()
    for python in tag.split("."):
        exact = re.fullmatch(r"cp3(\d+)", python)
        if exact and "abi3" in abi:
            found |= {minor for minor in MINORS if minor >= int(exact[1])}
        elif exact and not abi.endswith("t"):
            found.add(int(exact[1]))
        elif python in ("py3", "py2.py3"):
            found |= set(MINORS)
    return found & set(MINORS)


def versions(name: str) -> dict[str, list[int]]:
    """Version → minors of CPython 3 that can install it, without pre-releases. A source distribution serves all."""
    found: dict[str, set[int]] = defaultdict(set)
    for file in files(name):
        if file.endswith(".whl"):
            parts = file[:-4].split("-")
            version, served = parts[1], minors(*parts[-3:])
        else:
            match = re.match(r".+?-(\d[^-]*?)(?:\.tar\.gz|\.zip)$", file)
            if match is None:
                continue
            version, served = match[1], set(MINORS)
            if name in UNBUILT and Version(version) < UNBUILT[name][0]:
                served = set(range(MINORS[0], UNBUILT[name][1]))
        try:
            if Version(version).is_prerelease:
                continue
        except InvalidVersion:
            continue
        found[version] |= served
    return {version: sorted(found[version]) for version in sorted(found, key=Version)}


def main() -> None:
    today = datetime.date.today().isoformat()
    print("# Which CPython 3 minors can install which release on Linux x86-64: distributions that cannot be built from")
    print("# source, so that a missing wheel is a certain failure (`build`: how building it ends).")
    print("# Written by tasks/refresh_distributions.py.")
    for name, ended in NAMES.items():
        print("\n[[distribution]]")
        print(f'name = "{name}"')
        print(f'source = "{INDEX}/{name}/"')
        print(f'checked = "{today}"')
        if ended:
            print(f'ended = "{ended}"')
        if name in UNBUILT:
            print(f'build = "{UNBUILT[name][2]}"')
        print("[distribution.versions]")
        for version, served in versions(name).items():
            print(f'"{version}" = {served}')


if __name__ == "__main__":
    main()

"""Nixpacks' provider for static files: what becomes of an app that it takes for a folder of web pages.

In: a `View`; out: a layer. Source: railwayapp/nixpacks src/providers/staticfile.rs at f51d7fd.
"""

from __future__ import annotations

from firstpush.config.nixpacks_layer import Layer, PhaseLayer, StartLayer
from firstpush.platforms.nixpacks.view import View

FOLDERS = ("public", "index", "dist")
_START = (
    '[[ -z "${PORT}" ]] && echo "Environment variable PORT not found. Using PORT 80" || '
    'sed -i "s/0.0.0.0:80/$PORT/g" /assets/nginx.conf && nginx -c /assets/nginx.conf'
)


def detected(view: View) -> bool:
    """Whether Nixpacks takes the folder for static files."""
    return view.has("Staticfile") or any(view.has_folder(name) for name in FOLDERS) or view.has("index.html")


def reason(view: View) -> str:
    """What made it so."""
    for name in ("Staticfile", "index.html"):
        if view.has(name):
            return f"{name} exists"
    return next((f"the folder {name}/ exists" for name in FOLDERS if view.has_folder(name)), "")


def layer(view: View) -> Layer:
    """The provider's plan (the text of nginx.conf is left out)."""
    why = reason(view)
    assets = {"nginx.conf": view.default("…", why)}
    if view.has("mime.types"):
        assets["mime.types"] = view.default(view.read("mime.types"))
    if view.has("Staticfile.auth"):
        assets[".htpasswd"] = view.default(view.read("Staticfile.auth"))
    setup = PhaseLayer(
        "setup",
        nix_pkgs=(view.default("nginx", why),),
        nix_overlays=(),
        cmds=(view.default("mkdir /etc/nginx/ /var/log/nginx/ /var/cache/nginx/", why),),
    )
    return Layer(static_assets=assets, phases={"setup": setup}, start=StartLayer(cmd=view.default(_START, why)))

"""Runs in the services' own environment: every service answers, keeps items and guards its life cycle.

Not collected here (it needs FastAPI); test_apps.py copies it to where the packages are. VOCELIO_SERVICES: the folder.
"""

from __future__ import annotations

import importlib.util
import os
import sys
import types
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

SERVICES = Path(os.environ["VOCELIO_SERVICES"])
NAMES = sorted(p.name for p in SERVICES.iterdir())
VALUES = {"phone": "+442079460018", "number": "+442079460018", "caller": "+442079460018", "callee": "+442079460018"}


def load(name: str) -> types.ModuleType:
    spec = importlib.util.spec_from_file_location(name.replace("-", "_"), SERVICES / name / "main.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module  # pydantic looks names up there
    spec.loader.exec_module(module)
    return module


def example(module: types.ModuleType) -> dict[str, object]:
    """A valid item from the model's own schema."""
    values: dict[str, object] = {}
    for name, field in module.New.model_json_schema()["properties"].items():
        pattern = field.get("pattern", "")
        if field["type"] == "string":
            values[name] = "a@example.org" if "@" in pattern else "+442079460018" if pattern else "text"
        else:
            values[name] = {"integer": 1, "number": 1.5, "boolean": True}[field["type"]]
    return values


@pytest.mark.parametrize("name", [name for name in NAMES if name != "api-gateway"])
def test_a_service(name: str) -> None:
    module = load(name)
    client = TestClient(module.app)
    assert client.get("/health").json()["service"] == name
    paths = [path for path in module.app.openapi()["paths"] if path.count("/") == 1 and path != "/health"]
    (collection,) = paths
    made = client.post(collection, json=example(module))
    assert made.status_code == 201, made.text
    item = made.json()
    assert client.get(f"{collection}/{item['id']}").json() == item
    assert client.get(collection).json() == [item]
    assert client.post(collection, json={**example(module), "surprise": 1}).status_code == 422
    assert client.get(f"{collection}/999").status_code == 404
    assert client.post(f"{collection}/{item['id']}/no_such_action").status_code == 404
    for action, (leaves, reaches) in module.ACTIONS.items():
        state = client.get(f"{collection}/{item['id']}").json()["state"]
        answer = client.post(f"{collection}/{item['id']}/{action}")
        assert answer.status_code == (200 if state == leaves else 409)
        if state == leaves:
            assert answer.json()["state"] == reaches


def test_the_gateway_knows_every_service_and_says_which_are_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    module = load("api-gateway")
    client = TestClient(module.app)
    assert client.get("/health").json()["service"] == "api-gateway"
    assert set(module.SERVICES) == set(NAMES) - {"api-gateway"}
    monkeypatch.setenv("SERVICE_CALL_CONTROL_URL", "http://127.0.0.1:1")
    states = client.get("/services").json()
    assert states["call-control"] == "unreachable"
    assert states["agents"] == "not configured"
    assert client.get("/call-control/calls").status_code == 502
    assert client.get("/agents/agents").status_code == 503
    assert client.get("/nothing/x").status_code == 404


def test_the_gateway_passes_requests_on(monkeypatch: pytest.MonkeyPatch) -> None:
    import httpx

    service, gateway = load("contacts"), load("api-gateway")
    real = httpx.AsyncClient

    def to_the_service(**options: object) -> httpx.AsyncClient:
        return real(transport=httpx.ASGITransport(app=service.app))

    monkeypatch.setattr(gateway.httpx, "AsyncClient", to_the_service)
    monkeypatch.setenv("SERVICE_CONTACTS_URL", "http://contacts.internal")
    client = TestClient(gateway.app)
    made = client.post("/contacts/contacts", json={"name": "Ada", "phone": VALUES["phone"], "email": "a@b.org"})
    assert made.status_code == 201, made.text
    assert client.get("/contacts/contacts").json() == [made.json()]
    assert client.get("/services").json()["contacts"] == "healthy"

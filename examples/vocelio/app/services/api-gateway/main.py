"""API gateway: the one door in front of the call centre's services.

Written by tasks/generate_vocelio.py from services.toml; change those, not this file.
Each service's address comes from the environment, as Railway's private network gives it:
SERVICE_CALL_CONTROL_URL=http://call-control.railway.internal:8080. A service without one answers 503.
"""

from __future__ import annotations

import asyncio
import os

import httpx
from fastapi import FastAPI, HTTPException, Request, Response

SERVICE = "api-gateway"
SERVICES = (
    "agent-templates",
    "agents",
    "analytics",
    "audit-log",
    "billing",
    "call-control",
    "call-recording",
    "call-routing",
    "campaigns",
    "compliance",
    "contacts",
    "developer-api",
    "dialer",
    "flow-builder",
    "integrations",
    "knowledge-base",
    "leads",
    "notifications",
    "phone-numbers",
    "quality-assurance",
    "scheduling",
    "scripts",
    "team",
    "transcription",
    "webhooks",
)
PASSED_ON = ("content-type", "accept", "authorization", "x-request-id")

app = FastAPI(title="Vocelio", version="1.0.0")


def address(service: str) -> str | None:
    return os.environ.get(f"SERVICE_{service.upper().replace('-', '_')}_URL", "").rstrip("/") or None


async def ask(service: str, client: httpx.AsyncClient) -> str:
    base = address(service)
    if base is None:
        return "not configured"
    try:
        answer = await client.get(f"{base}/health")
    except httpx.HTTPError:
        return "unreachable"
    return "healthy" if answer.status_code == 200 else f"status {answer.status_code}"


@app.get("/health")
def health() -> dict[str, str]:
    return {"status": "healthy", "service": SERVICE, "environment": os.environ.get("ENVIRONMENT", "development")}


@app.get("/services")
async def services() -> dict[str, str]:
    async with httpx.AsyncClient(timeout=3) as client:
        states = await asyncio.gather(*(ask(name, client) for name in SERVICES))
    return dict(zip(SERVICES, states, strict=True))


@app.api_route("/{service}/{path:path}", methods=["GET", "POST"])
async def forward(service: str, path: str, request: Request) -> Response:
    if service not in SERVICES:
        raise HTTPException(404, f"no service {service!r}")
    base = address(service)
    if base is None:
        raise HTTPException(503, f"{service} is not configured")
    headers = {name: value for name, value in request.headers.items() if name in PASSED_ON}
    async with httpx.AsyncClient(timeout=30) as client:
        try:
            answer = await client.request(
                request.method, f"{base}/{path}", params=request.query_params, content=await request.body(), headers=headers
            )
        except httpx.HTTPError as error:
            raise HTTPException(502, f"{service} did not answer: {type(error).__name__}") from error
    return Response(answer.content, answer.status_code, media_type=answer.headers.get("content-type"))

"""ApisTox: is this molecule toxic to honey bees?

GET /health, GET /models, POST /predict for one molecule, POST /predict/batch for a CSV file.
"""

from __future__ import annotations

import io
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pandas
from fastapi import FastAPI, HTTPException, Request, Response, UploadFile
from pydantic import BaseModel, ConfigDict, Field

from apistox import predictor
from apistox.features import InvalidSmiles
from apistox.predictor import THRESHOLD, Predictor, UnknownModel

log = logging.getLogger("apistox")
LARGEST_FILE = 1_000_000
MOST_ROWS = 1000


class Query(BaseModel):
    """One molecule and the model to ask."""

    smiles: str = Field(min_length=1, examples=["CCO"])
    model: str = Field(default="xgboost", examples=list(predictor.NAMES))


class Answer(BaseModel):
    """The prediction. `probability` is that of being toxic (acute LD50 up to 11 µg a bee)."""

    model_config = ConfigDict(protected_namespaces=())

    smiles: str
    model: str
    toxic: bool
    probability: float


@asynccontextmanager
async def lifespan(app: FastAPI) -> AsyncIterator[None]:
    try:
        found = predictor.load()
        # One answer from each model before any request: what cannot predict must not pass a health check.
        for name in found.models:
            found.probabilities(["CCO"], name)
        app.state.predictor = found
    except (OSError, ValueError) as error:
        # The server still starts, so that /health can say what is wrong.
        log.error("no model: %s", error)
        app.state.predictor = None
    yield


app = FastAPI(title="ApisTox", version="1.0.0", lifespan=lifespan)


def loaded(request: Request) -> Predictor:
    found: Predictor | None = request.app.state.predictor
    if found is None:
        raise HTTPException(503, "no model is loaded; train one with: python train.py")
    return found


def answers(found: Predictor, smiles: list[str], model: str) -> list[Answer]:
    try:
        values = found.probabilities(smiles, model)
    except (InvalidSmiles, UnknownModel) as error:
        raise HTTPException(422, str(error)) from error
    return [
        Answer(smiles=text, model=model, toxic=value >= THRESHOLD, probability=round(value, 4))
        for text, value in zip(smiles, values, strict=True)
    ]


@app.get("/health")
def health(request: Request, response: Response) -> dict[str, Any]:
    ready = request.app.state.predictor is not None
    response.status_code = 200 if ready else 503
    return {"status": "healthy" if ready else "unhealthy", "model_loaded": ready}


@app.get("/models")
def models(request: Request) -> dict[str, Any]:
    found = loaded(request)
    return {"models": sorted(found.models), "about": found.about}


@app.post("/predict")
def predict(query: Query, request: Request) -> Answer:
    return answers(loaded(request), [query.smiles], query.model)[0]


@app.post("/predict/batch")
def predict_batch(file: UploadFile, request: Request, model: str = "xgboost") -> list[Answer]:
    """A CSV file with a column `smiles`, at most 1,000 rows."""
    content = file.file.read(LARGEST_FILE + 1)
    if len(content) > LARGEST_FILE:
        raise HTTPException(413, f"the file is larger than {LARGEST_FILE} bytes")
    try:
        table = pandas.read_csv(io.BytesIO(content), dtype=str, keep_default_na=False)
    except (ValueError, UnicodeDecodeError) as error:
        raise HTTPException(422, f"not a CSV file: {error}") from error
    if "smiles" not in table.columns:
        raise HTTPException(422, f"no column 'smiles'; there are: {', '.join(map(str, table.columns))}")
    if not 0 < len(table) <= MOST_ROWS:
        raise HTTPException(422, f"{len(table)} rows; from 1 to {MOST_ROWS} are taken")
    return answers(loaded(request), table["smiles"].tolist(), model)

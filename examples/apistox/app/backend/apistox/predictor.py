"""The trained models in, a probability for a SMILES out."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import xgboost

from . import features, forest

MODELS = Path(__file__).resolve().parent.parent / "models"
NAMES = ("random_forest", "xgboost")
THRESHOLD = 0.5


class UnknownModel(ValueError):
    """A model that was asked for and does not exist."""


@dataclass(frozen=True, slots=True)
class Predictor:
    """The loaded models: name to a function from feature rows to probabilities."""

    models: dict[str, Callable[[np.ndarray], np.ndarray]]
    about: dict[str, Any]

    def probabilities(self, smiles: list[str], model: str) -> list[float]:
        """Probability of being toxic to honey bees, 0 to 1. Raises UnknownModel and features.InvalidSmiles."""
        if model not in self.models:
            raise UnknownModel(f"unknown model {model!r}; there are: {', '.join(sorted(self.models))}")
        return [float(value) for value in self.models[model](features.table(smiles))]


def load(folder: Path = MODELS) -> Predictor:
    """Read both models. Raises OSError or ValueError when one is missing or was trained on other features."""
    booster = xgboost.Booster(model_file=str(folder / "xgboost.json"))
    trees = forest.load(folder / "random_forest.json")
    for name, width in (("xgboost", booster.num_features()), ("random_forest", trees.width)):
        if width != features.WIDTH:
            raise ValueError(f"{name} was trained on {width} features, but there are {features.WIDTH}")

    def boosted(rows: np.ndarray) -> np.ndarray:
        return booster.inplace_predict(rows)

    about = json.loads((folder / "about.json").read_text(encoding="utf-8"))
    return Predictor(models={"xgboost": boosted, "random_forest": trees.probability}, about=about)

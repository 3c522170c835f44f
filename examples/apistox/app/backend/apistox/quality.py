"""Train both models and say how good they are, next to plain baselines.

Baselines are the simplest published ones for this data: a random forest (100 trees, entropy, balanced classes) on mere
atom counts, and the same forest on the Morgan fingerprint (Adamczyk, Poziemski, Siedlecki, arXiv 2503.24305, which
builds on the data set of arXiv 2404.16196). They are run here, not quoted.
"""

from __future__ import annotations

import csv
from collections.abc import Callable
from pathlib import Path

import numpy as np
import xgboost
from imblearn.over_sampling import RandomOverSampler
from sklearn.ensemble import RandomForestClassifier
from sklearn.metrics import average_precision_score, balanced_accuracy_score, matthews_corrcoef, roc_auc_score
from sklearn.model_selection import StratifiedKFold

from . import features

SEED = 7
Scores = dict[str, float]


def read_table(path: Path) -> tuple[list[str], np.ndarray]:
    """SMILES and labels of a CSV with the columns smiles (or SMILES) and toxic (or label)."""
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    if not rows:
        raise ValueError(f"{path} has no rows")
    smiles = "SMILES" if "SMILES" in rows[0] else "smiles"
    label = "label" if "label" in rows[0] else "toxic"
    return [row[smiles] for row in rows], np.array([int(row[label]) for row in rows])


def random_forest(rows: np.ndarray, labels: np.ndarray, trees: int, seed: int = SEED) -> RandomForestClassifier:
    """The served forest."""
    model = RandomForestClassifier(n_estimators=trees, class_weight="balanced", random_state=seed, n_jobs=-1)
    return model.fit(rows, labels)


def boosted(rows: np.ndarray, labels: np.ndarray, rounds: int, seed: int = SEED) -> xgboost.XGBClassifier:
    """The served boosted trees. The rarer class is drawn again until both are as frequent."""
    rows, labels = RandomOverSampler(random_state=seed).fit_resample(rows, labels)
    model = xgboost.XGBClassifier(
        n_estimators=rounds,
        max_depth=5,
        learning_rate=0.05,
        subsample=0.8,
        colsample_bytree=0.3,
        random_state=seed,
    )
    return model.fit(rows, labels)


def baseline(rows: np.ndarray, labels: np.ndarray, seed: int = SEED) -> RandomForestClassifier:
    """The published plain forest."""
    model = RandomForestClassifier(
        n_estimators=100, criterion="entropy", class_weight="balanced", random_state=seed, n_jobs=-1
    )
    return model.fit(rows, labels)


def scores(truth: np.ndarray, probability: np.ndarray) -> Scores:
    """AUROC, MCC, balanced accuracy and average precision."""
    said = probability >= 0.5
    return {
        "AUROC": float(roc_auc_score(truth, probability)),
        "MCC": float(matthews_corrcoef(truth, said)),
        "balanced accuracy": float(balanced_accuracy_score(truth, said)),
        "average precision": float(average_precision_score(truth, probability)),
    }


def compare(
    train: tuple[list[str], np.ndarray], test: tuple[list[str], np.ndarray], trees: int, rounds: int, seeds: int = 5
) -> dict[str, Scores]:
    """Mean scores over `seeds` trainings, for both models and both baselines, on the test rows."""
    rows, labels, unseen, truth = features.table(train[0]), train[1], features.table(test[0]), test[1]
    first, second = len(features.DESCRIPTORS), len(features.DESCRIPTORS) + len(features.ATOMS)
    contestants: dict[str, Callable[[int], np.ndarray]] = {
        "random_forest": lambda seed: random_forest(rows, labels, trees, seed).predict_proba(unseen)[:, 1],
        "xgboost": lambda seed: boosted(rows, labels, rounds, seed).predict_proba(unseen)[:, 1],
        "baseline: atom counts, forest": lambda seed: baseline(rows[:, first:second], labels, seed).predict_proba(
            unseen[:, first:second]
        )[:, 1],
        "baseline: ECFP4, forest": lambda seed: baseline(rows[:, second:], labels, seed).predict_proba(
            unseen[:, second:]
        )[:, 1],
    }
    found: dict[str, Scores] = {}
    for name, predict in contestants.items():
        runs = [scores(truth, predict(seed)) for seed in range(seeds)]
        found[name] = {key: float(np.mean([run[key] for run in runs])) for key in runs[0]}
    return found


def cross_validate(table: tuple[list[str], np.ndarray], trees: int, rounds: int, folds: int = 5) -> dict[str, Scores]:
    """Scores of both models over all rows, each row judged by models that did not see it."""
    rows, labels = features.table(table[0]), table[1]
    held_out = {"random_forest": np.zeros(len(labels)), "xgboost": np.zeros(len(labels))}
    for known, unseen in StratifiedKFold(folds, shuffle=True, random_state=SEED).split(rows, labels):
        forest = random_forest(rows[known], labels[known], trees)
        trees_of_errors = boosted(rows[known], labels[known], rounds)
        held_out["random_forest"][unseen] = forest.predict_proba(rows[unseen])[:, 1]
        held_out["xgboost"][unseen] = trees_of_errors.predict_proba(rows[unseen])[:, 1]
    return {name: scores(labels, probability) for name, probability in held_out.items()}

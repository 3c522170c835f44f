"""A random forest as plain arrays: written by training, read by the server.

scikit-learn's own way to keep a model is a pickle, which runs code when it is read and is tied to one version.
A forest is only a few arrays; as JSON it can be read anywhere, and the server needs no scikit-learn to answer.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np


@dataclass(frozen=True, slots=True)
class Tree:
    """One tree; entry i of each array is node i, and a leaf has left -1."""

    left: np.ndarray
    right: np.ndarray
    feature: np.ndarray
    threshold: np.ndarray
    positive: np.ndarray  # share of class 1 at the node

    def score(self, rows: np.ndarray) -> np.ndarray:
        """Share of class 1 in the leaf that each row reaches."""
        node = np.zeros(len(rows), dtype=np.int64)
        inner = self.left[node] >= 0
        while inner.any():
            at = node[inner]
            goes_left = rows[inner, self.feature[at]] <= self.threshold[at]
            node[inner] = np.where(goes_left, self.left[at], self.right[at])
            inner = self.left[node] >= 0
        return self.positive[node]


@dataclass(frozen=True, slots=True)
class Forest:
    """A trained forest: the probability is the mean over its trees."""

    width: int
    trees: tuple[Tree, ...]

    def probability(self, rows: np.ndarray) -> np.ndarray:
        """Probability of class 1 for each row. Raises ValueError for rows of another width."""
        if rows.shape[1] != self.width:
            raise ValueError(f"the forest was trained on {self.width} features, not {rows.shape[1]}")
        return np.mean([tree.score(rows) for tree in self.trees], axis=0)


def from_sklearn(model: Any) -> Forest:
    """The arrays of a fitted RandomForestClassifier with the classes 0 and 1."""
    trees = []
    for estimator in model.estimators_:
        inner = estimator.tree_
        counts = inner.value[:, 0, :]
        trees.append(
            Tree(
                left=inner.children_left.copy(),
                right=inner.children_right.copy(),
                feature=np.maximum(inner.feature, 0),
                threshold=inner.threshold.copy(),
                positive=counts[:, 1] / counts.sum(axis=1),
            )
        )
    return Forest(width=int(model.n_features_in_), trees=tuple(trees))


def save(forest: Forest, path: Path) -> None:
    """Write the forest as JSON."""
    trees = [{name: getattr(tree, name).tolist() for name in Tree.__slots__} for tree in forest.trees]
    path.write_text(json.dumps({"width": forest.width, "trees": trees}, separators=(",", ":")) + "\n")


def load(path: Path) -> Forest:
    """Read what save() wrote."""
    data = json.loads(path.read_text())
    return Forest(
        width=data["width"],
        trees=tuple(Tree(**{name: np.array(values) for name, values in tree.items()}) for tree in data["trees"]),
    )

"""Features, the forest as arrays, and the training command."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

import train
from apistox import features, forest, predictor, quality

DATA = Path(train.HERE) / "data" / "pesticides.csv"


def test_a_row_has_the_documented_width_and_no_gaps() -> None:
    row = features.row("[Na+].[Cl-]")
    assert row.shape == (features.WIDTH,)
    assert np.isfinite(row).all()


def test_atom_counts() -> None:
    counts = dict(zip(features.ATOMS, features.atom_counts(features.molecule("ClCC(=O)O")), strict=True))
    assert (counts[6], counts[8], counts[17], counts[7]) == (2, 2, 1, 0)


def test_the_forest_as_arrays_says_what_scikit_learn_says(tmp_path: Path) -> None:
    smiles, labels = quality.read_table(DATA)
    rows = features.table(smiles)
    model = quality.random_forest(rows, labels, trees=20)
    forest.save(forest.from_sklearn(model), tmp_path / "forest.json")
    ours = forest.load(tmp_path / "forest.json").probability(rows)
    np.testing.assert_allclose(ours, model.predict_proba(rows)[:, 1], atol=1e-12)


def test_every_row_of_the_table_is_a_molecule_with_a_source() -> None:
    lines = DATA.read_text(encoding="utf-8").splitlines()
    smiles, labels = quality.read_table(DATA)
    assert len(lines) - 1 == len(smiles) == len(set(smiles)) > 80
    assert 0.3 < labels.mean() < 0.7
    assert not [line for line in lines[1:] if line.endswith(",")]
    features.table(smiles)


def test_training_writes_models_that_the_server_loads(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert train.main(["--out", str(tmp_path), "--trees", "20", "--rounds", "20"]) == 0
    assert "random_forest" in capsys.readouterr().out
    loaded = predictor.load(tmp_path)
    assert loaded.about["molecules"] == 98
    assert loaded.about["quality"]["random_forest"]["AUROC"] > 0.85
    with pytest.raises(predictor.UnknownModel):
        loaded.probabilities(["CCO"], "oracle")


def test_a_model_of_another_width_is_refused(tmp_path: Path) -> None:
    for name in ("xgboost.json", "about.json"):
        (tmp_path / name).write_bytes((predictor.MODELS / name).read_bytes())
    data = json.loads((predictor.MODELS / "random_forest.json").read_text())
    (tmp_path / "random_forest.json").write_text(json.dumps({**data, "width": 3}))
    with pytest.raises(ValueError, match="3 features"):
        predictor.load(tmp_path)

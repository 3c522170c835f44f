"""The endpoints, with the committed models."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from fastapi.testclient import TestClient

import main


@pytest.fixture(scope="module")
def client() -> Iterator[TestClient]:
    with TestClient(main.app) as found:
        yield found


def test_health_says_that_a_model_is_loaded(client: TestClient) -> None:
    answer = client.get("/health")
    assert (answer.status_code, answer.json()) == (200, {"status": "healthy", "model_loaded": True})


@pytest.mark.parametrize("model", ["xgboost", "random_forest"])
def test_ethanol_is_predicted_harmless_and_an_insecticide_is_not(client: TestClient, model: str) -> None:
    ethanol = client.post("/predict", json={"smiles": "CCO", "model": model}).json()
    assert ethanol["model"] == model
    assert ethanol["toxic"] is False
    assert 0 <= ethanol["probability"] < 0.5
    imidacloprid = {"smiles": "O=[N+]([O-])N=C1NCCN1Cc1ccc(Cl)nc1", "model": model}
    assert client.post("/predict", json=imidacloprid).json()["probability"] > 0.5


def test_two_ways_to_write_one_molecule_get_one_answer(client: TestClient) -> None:
    first, second = (client.post("/predict", json={"smiles": text}).json() for text in ("CCO", "OCC"))
    assert first["probability"] == second["probability"]


@pytest.mark.parametrize("smiles", ["not a molecule", "C1CC", "   ", "C" * 3000])
def test_an_invalid_smiles_is_refused_with_a_reason(client: TestClient, smiles: str) -> None:
    answer = client.post("/predict", json={"smiles": smiles, "model": "xgboost"})
    assert answer.status_code == 422
    assert "SMILES" in answer.json()["detail"]


def test_an_unknown_model_is_refused_and_the_known_ones_are_named(client: TestClient) -> None:
    answer = client.post("/predict", json={"smiles": "CCO", "model": "oracle"})
    assert answer.status_code == 422
    assert answer.json()["detail"] == "unknown model 'oracle'; there are: random_forest, xgboost"


def test_a_csv_file_is_predicted_row_by_row(client: TestClient) -> None:
    file = ("some.csv", "smiles,name\nCCO,ethanol\nC,methane\n", "text/csv")
    answer = client.post("/predict/batch?model=random_forest", files={"file": file})
    assert answer.status_code == 200
    assert [row["smiles"] for row in answer.json()] == ["CCO", "C"]


def test_a_csv_file_without_the_column_is_refused(client: TestClient) -> None:
    answer = client.post("/predict/batch", files={"file": ("some.csv", "name\nethanol\n", "text/csv")})
    assert answer.status_code == 422
    assert "no column 'smiles'" in answer.json()["detail"]


def test_without_models_health_is_503(monkeypatch: pytest.MonkeyPatch, tmp_path: object) -> None:
    load = main.predictor.load
    monkeypatch.setattr(main.predictor, "load", lambda: load(tmp_path))
    with TestClient(main.app) as client:
        answer = client.get("/health")
        assert (answer.status_code, answer.json()) == (503, {"status": "unhealthy", "model_loaded": False})
        assert client.post("/predict", json={"smiles": "CCO"}).status_code == 503

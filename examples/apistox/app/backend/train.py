"""Train the models that the server loads.

    python train.py                                   on data/pesticides.csv, into models/
    python train.py --train maxmin_train.csv --test maxmin_test.csv --out /tmp/models

In: CSV files with SMILES and a label (1 = toxic to honey bees). Out: models/xgboost.json, models/random_forest.json,
models/about.json (what they were trained on, and how good they are).
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path

from apistox import features, forest, quality

HERE = Path(__file__).resolve().parent


def show(title: str, found: dict[str, quality.Scores]) -> None:
    """A small table on standard output."""
    print(f"\n{title}")
    columns = list(next(iter(found.values())))
    print(f"{'':32}" + "".join(f"{column:>20}" for column in columns))
    for name, row in found.items():
        print(f"{name:32}" + "".join(f"{row[column]:20.3f}" for column in columns))


def main(argv: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--train", type=Path, default=HERE / "data" / "pesticides.csv", help="rows to learn from")
    parser.add_argument("--test", type=Path, help="rows to judge on; without it, five-fold cross-validation")
    parser.add_argument("--out", type=Path, default=HERE / "models", help="folder for the trained models")
    parser.add_argument("--trees", type=int, default=100)
    parser.add_argument("--rounds", type=int, default=100)
    args = parser.parse_args(argv)

    train = quality.read_table(args.train)
    if args.test:
        found = quality.compare(train, quality.read_table(args.test), args.trees, args.rounds)
        show(f"on {args.test.name}, mean of 5 seeds", found)
    else:
        found = quality.cross_validate(train, args.trees, args.rounds)
        show(f"five-fold cross-validation on {args.train.name}", found)

    rows = features.table(train[0])
    args.out.mkdir(parents=True, exist_ok=True)
    forest.save(forest.from_sklearn(quality.random_forest(rows, train[1], args.trees)), args.out / "random_forest.json")
    quality.boosted(rows, train[1], args.rounds).save_model(args.out / "xgboost.json")
    about = {
        "trained_on": args.train.name,
        "molecules": len(train[1]),
        "toxic": int(train[1].sum()),
        "judged_on": args.test.name if args.test else "five-fold cross-validation",
        "quality": {name: {key: round(value, 3) for key, value in row.items()} for name, row in found.items()},
    }
    (args.out / "about.json").write_text(json.dumps(about, indent=2) + "\n", encoding="utf-8")
    print(f"\n{len(train[1])} molecules, models in {args.out}")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())

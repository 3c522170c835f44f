"""Every Vercel page whose defect can be repaired is: the verdict after is better, and nothing else is touched."""

from __future__ import annotations

from pathlib import Path

import pytest

from firstpush.fixes.engine import repairs_for
from firstpush.fixes.predict import predict_one
from firstpush.platforms import Settings
from firstpush.project.tree import ProjectTree
from tests.rules.pages import read_page

PAGES = Path(__file__).parents[2] / "docs" / "rules"
#: Rule → the files that its repair changes.
REPAIRED = {
    "FP501": {"vercel.json"},
    "FP502": {"vercel.json"},
    "FP504": {"vercel.json"},
    "FP505": {"vercel.json"},
    "FP507": {"vercel.json"},
    "FP508": {"build.sh"},
    "FP509": {"vercel.json"},
    "FP510": {"vercel.json"},
    "FP513": {".python-version"},
    "FP515": {"vercel.json"},
    "FP516": {"vercel.json"},
    "FP517": {"vercel.json"},
    "FP518": {"vercel.json"},
    "FP519": {"pyproject.toml"},
    "FP521": {"requirements.txt"},
    "FP522": {"pyproject.toml"},
    "FP523": {"uv.lock"},
    "FP524": {"vercel.json"},
    "FP525": {"vercel.json"},
}


@pytest.mark.parametrize("code", sorted(REPAIRED))
def test_the_page_s_example_is_repaired(code: str, tmp_path: Path) -> None:
    (path,) = PAGES.glob(f"{code}-*.md")
    page = read_page(path)
    for name, body in page.broken.items():
        target = tmp_path / name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(body, encoding="utf-8")
    options = dict(zip(page.options[::2], page.options[1::2]))
    tree = ProjectTree(tmp_path)
    settings = Settings(platforms=("vercel",), vercel_framework=options["--vercel-framework"])
    before = predict_one(tree, settings, ("vercel", "."))
    assert before is not None
    assert any(found.code == code for found in (*before.errors, *before.warnings))
    best = repairs_for(tree, settings, before)[0]
    assert best.after.verdict == "passes"
    assert not any(found.code == code for found in (*best.after.errors, *best.after.warnings))
    changed = {edit.span.path for edit in best.workspace.edits()} | {file.path for file in best.workspace.files()}
    assert changed == REPAIRED[code]

from __future__ import annotations

import pytest

from firstpush.packages.older import also_brought


@pytest.mark.parametrize(
    ("specifier", "brings"),
    [
        ("", False),
        (">=0.100", False),
        ("==0.110.3", False),
        ("==0.111", True),
        ("==0.111.0", True),
        ("==0.111.*", True),
        ("~=0.111.0", True),
        (">=0.110,<0.112", True),
        ("<0.112.0", True),
        ("<=0.111.1", True),
        ("==0.112.0", False),
        (">=0.111,<1", False),
        ("<0.111", False),
        ("==0.115.6", False),
        ("!=0.111.0", False),
    ],
)
def test_one_release_of_fastapi_brought_its_server(specifier: str, brings: bool) -> None:
    assert ("uvicorn[standard]" in also_brought("fastapi", specifier)) is brings


def test_a_name_without_facts() -> None:
    assert also_brought("nobody-knows", "==1") == ()

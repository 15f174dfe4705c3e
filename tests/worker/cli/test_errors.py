"""An error of a command ends with what to do next."""

from __future__ import annotations

import pytest

from archive.errors import NotFound
from worker.cli.errors import exit_code


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (NotFound("no document 'abc'", ("abcd",)), "muniment: no document 'abc'. Near: abcd.\n"),
        (
            NotFound("no document 'abc'"),
            "muniment: no document 'abc'.\n"
            "`muniment search` and `muniment changes` show ids, `muniment status` sources.\n",
        ),
    ],
)
def test_what_is_not_there_is_answered_with_what_is(
    error: NotFound, said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert exit_code(error) == 2
    assert capsys.readouterr().err == said

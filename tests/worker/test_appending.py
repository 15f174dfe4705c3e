"""A source put into sources.yaml: every line that was there stays, and the file means one source more."""

from __future__ import annotations

import stat
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from worker.errors import ConfigError
from worker.settings import Settings
from worker.sources import load
from worker.sources.appending import appended, known_in, started, write
from worker.sources.entry import Entry, faultless, id_for, lines_of

NEW = Entry("new", "https://new.example/list/", "listing", timedelta(minutes=90), tags=("a", "b"))


def loaded(text: str, tmp_path: Path) -> Settings:
    path = tmp_path / "sources.yaml"
    path.write_text(text, encoding="utf-8")
    return load(path, {})


FILES = {
    "a list": "sources:\n  - id: one # first\n    url: https://one.example/\n",
    "no line break at the end": "sources:\n  - id: one\n    url: https://one.example/",
    "no indentation": "sources:\n- id: one\n  url: https://one.example/\n# the end\n",
    "keys behind the list": "sources:\n    - id: one\n      url: https://one.example/\n\n"
    "# who\ncontact: a@b.example\n",
    "a flow in the last source": "sources:\n  - id: one\n    url: https://one.example/\n"
    "    follow: {lists: 2,\n      depth: 1}\n",
    "a block text in the last source": "sources:\n  - id: one\n    url: https://one.example/\n"
    "    ignore:\n      - |-\n        .x\n\nweb: {}\n",
    "an empty list": "contact: a@b.example\nsources: []  # none yet\n# the end\n",
    "nothing behind the key": "sources:\n\ncontact: a@b.example\n",
    "no such key": "contact: a@b.example\n",
    "an empty file": "",
}  # fmt: skip


@pytest.mark.parametrize("text", FILES.values(), ids=FILES.keys())
def test_what_was_there_stays_and_one_source_more_is_meant(text: str, tmp_path: Path) -> None:
    made = appended(text, [NEW], "sources.yaml")
    kept = [row for row in text.splitlines() if row.strip() and not row.startswith("sources: []")]
    rest = iter(made.splitlines())
    assert all(row in rest for row in kept)  # in their order
    before = loaded(text, tmp_path).sources if "one" in text else ()
    after = loaded(made, tmp_path)
    assert [source.source_id for source in after.sources] == [*(source.source_id for source in before), "new"]
    assert after.sources[: len(before)] == before
    assert (after.sources[-1].url, after.sources[-1].kind) == (NEW.url, "listing")
    assert after.sources[-1].tags == ("a", "b")
    assert after.contact == ("a@b.example" if "contact" in text else None)
    assert ("# none yet" in made) == ("# none yet" in text)


@pytest.mark.parametrize("text", ["sources: [{id: one, url: 'https://one.example/'}]\n", "sources: one\n", "a: [\n"])
def test_a_list_nothing_can_be_put_into_is_named_with_its_line(text: str) -> None:
    with pytest.raises(ConfigError, match=r"sources\.yaml:\d"):
        appended(text, [NEW], "sources.yaml")


def test_a_new_file_holds_and_takes_a_source(tmp_path: Path) -> None:
    assert loaded(started(), tmp_path).sources == ()
    made = appended(started(), [NEW, Entry("other", "https://other.example/")], "sources.yaml")
    assert [source.source_id for source in loaded(made, tmp_path).sources] == ["new", "other"]
    assert loaded(started([NEW]), tmp_path).sources == loaded(appended(started(), [NEW], "x"), tmp_path).sources


@given(
    st.text(min_size=1, max_size=40).filter(lambda text: text.isprintable() and text.strip() == text),
    st.lists(st.sampled_from(["/\\d+ 次浏览/", ".a > b", "#x", "/it's: {odd}, #yes/"]), max_size=3, unique=True),
)
def test_every_value_comes_back_as_it_was_written(value: str, ignore: list[str]) -> None:
    import tempfile

    entry = Entry("one", "https://one.example/?a=1&b=#c", ignore=tuple(ignore), headers={"X-A": value.replace("$", "")},
                  tags=(value,), notes=("a note\nof two lines",))  # fmt: skip
    with tempfile.TemporaryDirectory() as folder:
        (source,) = loaded(started([entry]), Path(folder)).sources
    assert source.headers == {"X-A": value.replace("$", "")}
    assert source.tags == (value,)
    assert source.ignore == tuple(ignore)


def test_ids_come_from_the_name_or_the_url_and_are_new() -> None:
    assert id_for("", "https://www.county.example/zwgk/tzgg/", set()) == "county.example-tzgg"
    assert id_for("County: notices & more", "https://x.example/", set()) == "county-notices-more"
    assert id_for("通知公告", "https://x.example/", {"通知公告"}) == "通知公告-2"
    assert id_for("!", "https://x.example/", set()) == "x.example"


def test_a_selector_we_do_not_understand_becomes_a_note() -> None:
    entry = faultless(Entry("one", "https://one.example/", text="div[", ignore=(".ok", "/(/")))
    assert entry.text is None
    assert entry.ignore == (".ok",)
    assert len(entry.notes) == 2
    assert all(note in lines_of(entry) for note in (note.split("\n")[0] for note in entry.notes))


def test_the_file_is_replaced_whole_and_keeps_its_mode(tmp_path: Path) -> None:
    path = tmp_path / "real.yaml"
    path.write_text("old", encoding="utf-8")
    path.chmod(0o640)
    link = tmp_path / "sources.yaml"
    link.symlink_to(path)
    write(link, "new\n")
    assert path.read_text(encoding="utf-8") == "new\n"
    assert link.is_symlink()
    assert stat.S_IMODE(path.stat().st_mode) == 0o640
    assert sorted(file.name for file in tmp_path.iterdir()) == ["real.yaml", "sources.yaml"]


def test_what_a_file_names_is_known_even_where_it_has_mistakes(tmp_path: Path) -> None:
    path = tmp_path / "sources.yaml"
    path.write_text("sources:\n  - id: one\n    url: https://one.example/\n    evry: 3\n", encoding="utf-8")
    assert known_in(path).ids == {"one"}
    assert known_in(path).urls == {"https://one.example/": "one"}
    assert known_in(tmp_path / "none.yaml").ids == frozenset()

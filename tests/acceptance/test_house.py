"""The commands that find, prove, move and keep what was stored, on one archive of the practice site."""

from __future__ import annotations

import json
import sqlite3

from tests.acceptance.conftest import ALL, Muniment
from worker.demo.world import NOTICES, STEPS


def test_the_archive_is_searched_proved_moved_and_kept(on_sqlite: Muniment) -> None:
    on_sqlite.run("poll", "--all")
    STEPS[3].do(on_sqlite.world)
    on_sqlite.run("poll", "notices")

    assert "关于2026年度农村危房改造补助申报工作的通知" in on_sqlite.run("search", "危房").stdout
    assert "nothing found" in on_sqlite.run("search", "2.8万元").stdout
    before = on_sqlite.run("search", "--versions", "2.8万元").stdout
    assert "from version 1" in before and "until version 2" in before
    assert on_sqlite.json("search", "kind:post", "占道")["hits"] == []
    assert on_sqlite.run("search", '"', expect=2).stderr

    dry = on_sqlite.run("rederive", "--dry-run").stdout
    assert dry.endswith("0 documents would read differently\n")

    proved = on_sqlite.json("verify")
    assert proved["damage"] == [] and {"payloads", "versions", "changes"} <= set(proved["tables"])
    anchor = on_sqlite.folder / "anchor.json"
    on_sqlite.run("anchor", "--output", str(anchor))
    on_sqlite.run("verify", "--anchor", str(anchor))
    on_sqlite.run("compact")
    assert on_sqlite.json("verify")["damage"] == []

    lines = on_sqlite.folder / "changes.jsonl"
    on_sqlite.run("export", "jsonl", "--output", str(lines))
    assert [json.loads(line)["seq"] for line in lines.read_text().splitlines()] == list(range(1, ALL + 2))
    warcs = on_sqlite.folder / "warc"
    captures = on_sqlite.json("export", "warc", "--output", str(warcs))["records"]
    elsewhere = ("--database", f"sqlite:///{on_sqlite.folder}/elsewhere.db")
    files = [str(path) for path in sorted(warcs.glob("*.warc.gz"))]
    said = on_sqlite.run(*elsewhere, "import", "warc", *files).stdout
    assert f"{captures} captures: {captures} stored" in said
    assert "0 stored" in on_sqlite.run(*elsewhere, "import", "warc", *files).stdout
    url = f"{on_sqlite.site.url}{NOTICES[0].path}"
    there = json.loads(on_sqlite.run(*elsewhere, "log", url, "--json").stdout)["versions"]
    here = on_sqlite.json("log", url)["versions"]
    assert [version["content_hash"] for version in there] == [version["content_hash"] for version in here]


def test_the_archive_is_counted_backed_up_copied_and_freed_of_noise(muniment: Muniment) -> None:
    for _ in range(3):
        muniment.run("poll", "board")
    counted = muniment.json("stats")
    assert (counted["documents"], counted["versions"]) == (14, 14)
    assert counted["payloads"] == counted["captures"] == 18

    saved = muniment.folder / "saved.db"
    muniment.run("backup", str(saved))
    restored = ("--database", f"sqlite:///{saved}")
    assert json.loads(muniment.run(*restored, "verify", "--json").stdout)["damage"] == []
    assert muniment.run(*restored, "changes").stdout == muniment.run("changes").stdout
    assert "exists already" in muniment.run("backup", str(saved), expect=1).stderr

    said = muniment.run("copy", "--to", f"sqlite:///{muniment.folder}/copied.db").stdout
    assert "equal by hash" in said

    would = muniment.json("retention", "0s")
    assert would["payloads"] > 0 and would["removed"] == 0
    assert muniment.json("stats")["payloads"] == 18
    done = muniment.run("retention", "0s", "--remove").stdout
    assert f"{would['payloads']} payloads removed" in done
    assert muniment.json("verify")["damage"] == []
    assert "is not a duration" in muniment.run("retention", "soon", expect=2).stderr


def test_damage_is_named_and_exits_with_5(on_sqlite: Muniment) -> None:
    on_sqlite.run("poll", "board")
    with sqlite3.connect(on_sqlite.folder / "muniment.db") as database:
        database.execute("UPDATE contents SET text = text || '!' WHERE content_no = 2")
    done = on_sqlite.run("verify", "--json", expect=5)
    assert any(damage["table"] == "contents" and damage["row"] == "2" for damage in json.loads(done.stdout)["damage"])


def test_a_chain_that_was_cut_off_is_found_by_its_anchor(on_sqlite: Muniment) -> None:
    on_sqlite.run("poll", "board")
    anchor = on_sqlite.folder / "anchor.json"
    on_sqlite.run("anchor", "--output", str(anchor))
    said = json.loads(anchor.read_text())
    anchor.write_text(json.dumps(said | {"link_no": said["link_no"] + 5}))
    on_sqlite.run("verify")
    on_sqlite.run("verify", "--anchor", str(anchor), expect=5)

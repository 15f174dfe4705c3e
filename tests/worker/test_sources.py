"""sources.yaml: what it gives when it is right, and what is said when it is not."""

from __future__ import annotations

import dataclasses
import json
from datetime import timedelta
from ipaddress import ip_network
from pathlib import Path
from textwrap import dedent

import jsonschema
import pytest
import yaml

from worker.errors import ConfigError
from worker.settings import Confirm, Every, Files, Follow, Settings, Source
from worker.sources import database_of, load
from worker.sources.model import ConfirmKeys, FileKeys, FollowKeys, Keys, OneSource, SourceKeys
from worker.sources.reference import reference
from worker.sources.schema import REFERENCE_FILE, SCHEMA_FILE, schema, schema_text

ROOT = Path(__file__).parents[2]


@pytest.fixture
def written(tmp_path: Path):
    def write(text: str) -> Path:
        path = tmp_path / "sources.yaml"
        path.write_text(dedent(text), encoding="utf-8")
        return path

    return write


def one(written, keys: str, top: str = "", environ: dict[str, str] | None = None) -> Source:
    text = f"{top}\nsources:\n- id: county\n  url: https://county.example/notices/\n"
    return load(written(text + keys), environ or {}).sources[0]


def mistakes(written, text: str, environ: dict[str, str] | None = None) -> list[str]:
    with pytest.raises(ConfigError) as caught:
        load(written(text), environ or {})
    return [str(mistake) for mistake in caught.value.mistakes]


def wrong(written, keys: str, top: str = "") -> str:
    """The one mistake in a source that is otherwise right."""
    text = f"{top}\nsources:\n- id: county\n  url: https://county.example/notices/\n"
    (said,) = mistakes(written, text + keys)
    return said.partition(": ")[2]


CONTRACT = """
    contact: ops@example.org
    database: sqlite:///kept.db
    network:
      allow: [127.0.0.0/8]
    defaults:
      every: 1h
      politeness: {gap: 0s, parallel: 4, robots: obey}
      deadline: 60s
      max_size: 32MiB
    sources:
      - id: county-forum
        url: http://127.0.0.1:9134/forum.php?mod=forumdisplay&fid=38
        kind: board
        follow: {allow: ["viewthread"], deny: ["print=yes"], lists: 5, pages: 500, depth: 2}
        confirm: {polls: 3, for: 6h}
"""


def test_the_keys_of_the_contract(written):
    path = written(CONTRACT)
    settings = load(path, {})
    assert settings.contact == "ops@example.org"
    assert settings.user_agent.startswith("Muniment/") and "ops@example.org" in settings.user_agent
    assert settings.database == f"sqlite:///{path.parent}/kept.db"
    assert settings.allow_networks == (ip_network("127.0.0.0/8"),)
    (source,) = settings.sources
    assert (source.source_id, source.kind) == ("county-forum", "board")
    assert source.every == Every(interval=timedelta(hours=1))
    assert source.follow == Follow(allow=("viewthread",), deny=("print=yes",), lists=5, pages=500, depth=2)
    assert source.confirm == Confirm(3, timedelta(hours=6))
    assert (source.politeness.gap, source.politeness.parallel) == (timedelta(0), 4)
    assert (source.deadline, source.max_size) == (timedelta(minutes=1), 32 * 1024 * 1024)


def test_json_is_yaml_and_keeps_characters_beyond_the_first_plane(written):
    value = yaml.safe_load(dedent(CONTRACT)) | {"contact": "档案 😀"}
    for indent in (None, 1, "\t"):
        path = written("")
        path.write_text(json.dumps(value, indent=indent))
        assert load(path, {}).contact == "档案 😀"


def test_without_any_key_the_defaults_of_the_settings_hold(written):
    assert one(written, "") == Source("county", "https://county.example/notices/")


def test_every_key_of_a_source_but_id_and_url_may_stand_in_defaults(written):
    assert set(SourceKeys.model_fields) == set(OneSource.model_fields) - {"id", "url"}
    source = one(
        written, "", "defaults: {tags: [gov], keep_list: true, headers: {X-A: b}, confirm: {polls: 1, for: 0s}}"
    )
    assert (source.tags, source.keep_list, source.headers) == (("gov",), True, {"X-A": "b"})
    assert source.confirm == Confirm(1, timedelta(0))


def test_a_source_overrides_single_keys_of_a_block_and_whole_lists(written):
    top = "defaults: {follow: {lists: 5, deny: [a, b]}, politeness: {gap: 3s, parallel: 2}}"
    source = one(written, "  follow: {deny: [c]}\n  politeness: {gap: 9s}\n", top)
    assert source.follow == Follow(lists=5, deny=("c",))
    assert (source.politeness.gap, source.politeness.parallel) == (timedelta(seconds=9), 2)


@pytest.mark.parametrize(
    ("keys", "every"),
    [
        ("  every: 90s\n", Every(interval=timedelta(seconds=90))),
        ("  every: 1h30m\n", Every(interval=timedelta(minutes=90))),
        (
            '  every: {cron: "*/20 8-18 * * mon-fri", zone: Asia/Shanghai}\n',
            Every(cron="*/20 8-18 * * mon-fri", zone="Asia/Shanghai"),
        ),
        ('  cron: "0 3 * * *"\n', Every(cron="0 3 * * *")),
        ('  cron: "0 3 * * *"\n  zone: Asia/Shanghai\n', Every(cron="0 3 * * *", zone="Asia/Shanghai")),
        ('  every: {cron: "0 3 * * *"}\n  zone: Asia/Shanghai\n', Every(cron="0 3 * * *", zone="Asia/Shanghai")),
    ],
)
def test_how_often(written, keys, every):
    assert one(written, keys).every == every


def test_a_source_with_cron_of_its_own_drops_the_interval_of_the_defaults_and_the_reverse(written):
    assert one(written, '  cron: "0 3 * * *"\n', "defaults: {every: 5m}").every == Every(cron="0 3 * * *")
    assert one(written, "  every: 5m\n", 'defaults: {cron: "0 3 * * *"}').every == Every(interval=timedelta(minutes=5))


@pytest.mark.parametrize(
    ("written_as", "files"),
    [
        ("true", Files()),
        ("false", None),
        ("[PDF, .docx]", Files(types=("pdf", "docx"))),
        ("{types: [pdf], max_size: 1MiB}", Files(("pdf",), 2**20)),
    ],
)
def test_attachments(written, written_as, files):
    assert one(written, f"  follow: {{files: {written_as}}}\n").follow.files == files


def test_plain_words_mean_what_yaml_1_2_says(written):
    source = one(written, '  tags: [no, 2024, 22:00, 2024-01-01, "true"]\n  enabled: no\n')
    assert source.tags == ("no", "2024", "22:00", "2024-01-01", "true")
    assert source.enabled is False


def test_anchors_and_merges(written):
    text = """
        defaults: &polite {every: 2h}
        sources:
        - {<<: *polite, id: a, url: "https://a.example/", tags: [x]}
    """
    source = load(written(text), {}).sources[0]
    assert (source.every.interval, source.tags) == (timedelta(hours=2), ("x",))


def test_secrets_come_from_the_environment(written):
    keys = '  headers: {Authorization: "Bearer ${TOKEN}", X-Plain: "$${x}"}\n  follow: {allow: [\'a[$]\\${x}\']}\n'
    source = one(written, keys, environ={"TOKEN": "s3cret"})
    assert source.headers == {"Authorization": "Bearer s3cret", "X-Plain": "${x}"}
    assert source.follow.allow == (r"a[$]\${x}",)


@pytest.mark.parametrize("place", ["", "defaults: "])
@pytest.mark.parametrize("key", ["headers", "cookies"])
@pytest.mark.parametrize("value", ['"${TOKEN}"', '["${TOKEN}"]'])
def test_a_secret_in_the_wrong_shape_is_in_no_message(written, place, key, value):
    source = f"sources:\n  - {{id: a, url: https://a.example/, {'' if place else f'{key}: {value}'}}}\n"
    top = f"defaults: {{{key}: {value}}}\n" if place else ""
    with pytest.raises(ConfigError) as error:
        load(written(top + source), {"TOKEN": "s3cret"})
    assert "s3cret" not in str(error.value)
    assert key in str(error.value)


def test_a_secret_that_is_not_set_is_a_mistake_that_names_no_value(written):
    assert wrong(written, '  cookies: {sid: "${FORUM_COOKIE}"}\n') == (
        "sources[0].cookies.sid: the environment variable FORUM_COOKIE is not set"
    )


# --- mistakes --------------------------------------------------------------------------------------------------------


def test_all_mistakes_at_once_each_with_its_line_and_what_to_write(written):
    text = """\
        databse: sqlite:///x.db
        network:
          allow: [10.0.0.1/8]
        defaults:
          cron: "99 * * * *"
        sources:
          - id: twice
            url: ftp://files.example/
          - id: twice
            url: https://a.example/
            every: 30 mins
            follow:
              allow: ["("]
              dept: 2
          - url: https://b.example/
            render: browsr
            every: 2h
            every: 3h
    """
    expected = [
        '1: databse: unknown key; did you mean "database"?',
        '3: network.allow[0]: "10.0.0.1/8" is not a network: 10.0.0.1/8 has host bits set; use for example 10.0.0.0/8',
        '5: defaults.cron: "99 * * * *": ',
        '8: sources[0].url: "ftp://files.example/" is not a URL of a page; use for example https://example.org/notices/',
        '9: sources[1].id: "twice" is already used on line 7',
        '11: sources[1].every: "30 mins" is not a duration; use for example 30m, 2h, 1d',
        '13: sources[1].follow.allow[0]: "(" is not a regular expression: missing )',
        '14: sources[1].follow.dept: unknown key; did you mean "depth"?',
        "15: sources[2].id: is missing",
        '16: sources[2].render: "browsr" is not one of http, browser; did you mean "browser"?',
        "18: sources[2].every: is already given on line 17; keep one of the two",
    ]
    said = mistakes(written, text)
    assert len(said) == len(expected)
    for line, begin in zip(said, expected, strict=True):
        assert line.startswith(f"sources.yaml:{begin}"), line
    assert said[2].endswith("use five fields, for example */20 8-18 * * mon-fri")


@pytest.mark.parametrize(
    ("keys", "said"),
    [
        ("  every: 0s\n", "sources[0].every: is shorter than a second"),
        ("  every: 99999d\n", 'sources[0].every: "99999d" is longer than ten years'),
        ("  every: 15\n", "sources[0].every: 15 is not a duration"),
        ("  every: 1h\n  cron: '0 3 * * *'\n", "sources[0].cron: says how often, and so does every"),
        ("  cron: '0 3 * *'\n", 'sources[0].cron: "0 3 * *": 4 fields instead of five'),
        ("  every: {cron: '0 3 * * *', zone: Asia/Shangai}\n", "did you mean Asia/Shanghai?"),
        ("  every: {zone: UTC}\n", "sources[0].every.cron: is missing"),
        ("  max_size: 0\n", "sources[0].max_size: 0 leaves no room"),
        ("  ignore: ['p[']\n", 'sources[0].ignore[0]: "p[" is not a CSS selector'),
        ("  ignore: ['/(/']\n", "is not a regular expression"),
        ("  read: {title: '..'}\n", 'sources[0].read.title: ".." is not a CSS selector'),
        ("  enabled: perhaps\n", 'sources[0].enabled: "perhaps" is not true or false'),
        ("  follow: {lists: -1}\n", "sources[0].follow.lists: -1 is too small; at least 0"),
        ("  follow: 3\n", "sources[0].follow: 3 is not a block of keys"),
        ("  confirm: {polls: many}\n", 'sources[0].confirm.polls: "many" is not a whole number'),
        ("  politeness: {robots: obay}\n", 'did you mean "obey"?'),
        ("  politeness: {windows: 22-06}\n", "is not a span of the day; use for example 22:00-06:00"),
        ("  headers: {'X A': b}\n", "is not the name of a header"),
        ("  headers: {Cookie: a=b}\n", "cannot be set here; use cookies:"),
        ('  headers: {X-A: "a\\nb"}\n', "holds a line break"),
        ("  proxy: socks5://p.example:1\n", "is not a proxy"),
        ("  tags: {a: b}\n", 'sources[0].tags: {"a": "b"} is not a list'),
    ],
)
def test_a_mistake_in_a_source(written, keys, said):
    assert said in wrong(written, keys)


def test_a_password_in_a_url_is_refused_and_not_repeated(written):
    (said,) = mistakes(written, "sources: [{id: a, url: 'https://u:hunter2@a.example/'}]")
    assert "must not carry a password" in said and "hunter2" not in said


def test_a_password_of_a_refused_database_is_not_repeated(written):
    (said,) = mistakes(written, "database: mysql://u:hunter2@db/x\nsources: []")
    assert "is not a database" in said and "hunter2" not in said


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("sources:\n  - id: [\n", "sources.yaml:3: is not YAML:"),
        ("", "sources.yaml: holds no sources"),
        ("- a\n", "holds no sources"),
        ("contact: a\n", "sources.yaml:1: sources: is missing"),
        ("sources: 3\n", "sources: 3 is not a list"),
        ("sources: [x]\n", 'sources[0]: "x" is not a block of keys'),
        ("sources: &a [*a]\n", "contains itself through an alias"),
    ],
)
def test_a_file_that_is_no_configuration(written, text, said):
    assert any(said in line for line in mistakes(written, text))


def test_a_file_that_is_not_there_or_not_utf8(tmp_path):
    with pytest.raises(ConfigError, match=r"nowhere.yaml: there is no such file"):
        load(tmp_path / "nowhere.yaml", {})
    path = tmp_path / "sources.yaml"
    path.write_bytes("# ok\n# 县\n".encode("gbk"))
    with pytest.raises(ConfigError, match=r"sources.yaml:2: is not UTF-8 text"):
        load(path, {})


# --- the database ----------------------------------------------------------------------------------------------------


def test_the_database_option_wins_over_environment_over_file_over_default(written):
    path = written("database: sqlite:////srv/file.db\nsources: []")
    environ = {"MUNIMENT_DATABASE": "sqlite:////srv/environment.db"}
    for chosen in (lambda *a: database_of(path, *a), lambda *a: load(path, *a).database):
        assert chosen(environ, "sqlite:////srv/option.db") == "sqlite:////srv/option.db"
        assert chosen(environ, None) == "sqlite:////srv/environment.db"
        assert chosen({}, None) == "sqlite:////srv/file.db"
    path = written("sources: []")
    assert database_of(path, {}) == load(path, {}).database == f"sqlite:///{path.parent}/muniment.db"


def test_reading_commands_find_the_database_of_a_file_with_mistakes(written):
    path = written("database: postgresql+psycopg://u:${PASSWORD}@db/x\nsources: [{id: ''}]")
    assert database_of(path, {"PASSWORD": "p"}) == "postgresql+psycopg://u:p@db/x"
    with pytest.raises(ConfigError, match="PASSWORD is not set"):
        database_of(path, {})


# --- what is made from the model -------------------------------------------------------------------------------------


def test_the_schema_and_the_reference_in_docs_are_current():
    assert (ROOT / SCHEMA_FILE).read_text(encoding="utf-8") == schema_text(), "run python -m worker.sources.schema"
    assert (ROOT / REFERENCE_FILE).read_text(encoding="utf-8") == reference(), "run python -m worker.sources.schema"


def test_the_schema_takes_what_load_takes_and_refuses_what_it_refuses(written):
    validator = jsonschema.Draft202012Validator(schema())
    validator.check_schema(schema())
    assert validator.is_valid(yaml.safe_load(dedent(CONTRACT)))
    source = {"id": "a", "url": "https://a.example/"}
    for keys in ({"every": "30 mins"}, {"kind": "bord"}, {"folow": {}}, {"every": {"zone": "UTC"}}):
        assert not validator.is_valid({"sources": [source | keys]}), keys


def test_the_defaults_shown_are_those_that_apply():
    def shown(model: type[Keys], settings: type) -> None:
        for field in dataclasses.fields(settings):
            key = {"over": "for_"}.get(field.name, field.name)
            if key in model.model_fields and not isinstance(model.model_fields[key].default, Keys):
                applies = field.default if field.default is not dataclasses.MISSING else field.default_factory()
                says = model.model_fields[key].default
                if isinstance(applies, Every):
                    applies = applies.interval
                assert (says or None) == (list(applies) if isinstance(applies, tuple) else applies or None) or not (
                    says or applies
                ), key

    shown(SourceKeys, Source)
    shown(FollowKeys, Follow)
    shown(ConfirmKeys, Confirm)
    assert FileKeys.model_fields["network"].default.hosts == next(
        f.default for f in dataclasses.fields(Settings) if f.name == "hosts"
    )

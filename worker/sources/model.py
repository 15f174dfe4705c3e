"""The keys of sources.yaml, as pydantic models: what each is called, takes and means. The reference in docs/ and the
JSON Schema are made from here. The defaults shown are those of `worker.settings`, which apply (tested).
"""

from __future__ import annotations

from datetime import timedelta
from ipaddress import IPv4Network, IPv6Network
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Discriminator, Field, Tag, WithJsonSchema

from worker.disk import Floor
from worker.sources import values

_DURATION = r"^(0|(\d+(\.\d+)?(ms|[smhdw]))+)$"


def _text(value: object) -> object:
    return str(value) if isinstance(value, int | float) and not isinstance(value, bool) else value


def _listed(value: object) -> object:
    return [value] if isinstance(value, str) else value


def _form(value: object) -> str:
    return "mapping" if isinstance(value, dict) else "list" if isinstance(value, list) else "word"


def _checked(check: Any) -> BeforeValidator:
    """A check of one text value; other types are left to pydantic's own words."""
    return BeforeValidator(lambda value: check(value) if isinstance(value, str) else value)


_DURATION_SCHEMA = {"type": ["string", "integer"], "pattern": _DURATION, "examples": ["30m", "2h", "1d"]}
Duration = Annotated[timedelta, BeforeValidator(values.duration), WithJsonSchema(_DURATION_SCHEMA)]
Size = Annotated[
    int,
    BeforeValidator(values.size),
    WithJsonSchema({"type": ["string", "integer"], "examples": ["32MiB", "500KB"]}),
]
Text = Annotated[str, BeforeValidator(_text)]
Line = Annotated[str, _checked(values.line), BeforeValidator(_text)]
Address = Annotated[str, _checked(values.web_address), WithJsonSchema({"type": "string", "pattern": "^https?://"})]
Proxy = Annotated[str, _checked(values.proxy_address)]
Id = Annotated[str, _checked(values.source_id), BeforeValidator(_text)]
Zone = Annotated[str, _checked(values.zone), WithJsonSchema({"type": "string", "examples": ["Asia/Shanghai"]})]
Pattern = Annotated[str, _checked(values.pattern)]
Selector = Annotated[str, _checked(values.selector)]
Ignored = Annotated[str, _checked(values.ignored)]
Window = Annotated[str, _checked(values.window)]
Header = Annotated[str, _checked(values.header_name)]
Network = Annotated[
    IPv4Network | IPv6Network,
    BeforeValidator(values.network),
    WithJsonSchema({"type": "string", "examples": ["10.0.0.0/8"]}),
]
Listen = Annotated[str, _checked(values.listen), WithJsonSchema({"type": "string", "examples": ["127.0.0.1:8020"]})]
FloorSize = Annotated[
    Floor,
    BeforeValidator(values.floor),
    WithJsonSchema({"type": ["string", "integer"], "examples": ["500MB", "2%"]}),
]
Peer = Annotated[str, _checked(values.peer)]
HostName = Annotated[str, _checked(values.host_name)]
Token = Annotated[str, _checked(values.token), BeforeValidator(_text)]
Database = Annotated[str, _checked(values.database)]
Mailbox = Annotated[str, _checked(values.mailbox)]
Server = Annotated[str, _checked(values.server)]


def said(meaning: str, **limits: Any) -> Any:
    """A key's meaning in one line, as the reference prints it, with the limits of its value."""
    return Field(description=meaning, **limits)


_ONE_OR_SEVERAL = BeforeValidator(_listed)
Words = Annotated[list[Text], _ONE_OR_SEVERAL]
Patterns = Annotated[list[Pattern], _ONE_OR_SEVERAL]
Selectors = Annotated[list[Selector], _ONE_OR_SEVERAL]
Ignoreds = Annotated[list[Ignored], _ONE_OR_SEVERAL]
Windows = Annotated[list[Window], _ONE_OR_SEVERAL]
Networks = Annotated[list[Network], _ONE_OR_SEVERAL]
Peers = Annotated[list[Peer], _ONE_OR_SEVERAL]
HostNames = Annotated[list[HostName], _ONE_OR_SEVERAL]


class Keys(BaseModel):
    """A block of keys; an unknown one is a mistake."""

    model_config = ConfigDict(extra="forbid", arbitrary_types_allowed=True)


class CronKeys(Keys):
    """Fixed times instead of an interval."""

    cron: Annotated[str, said("five fields as cron knows them: `*/20 8-18 * * mon-fri`")]
    zone: Annotated[Zone | None, said("time zone the five fields mean; the source's `zone`, else UTC")] = None


Every = Annotated[
    Annotated[CronKeys, Tag("mapping")] | Annotated[Duration, Tag("word")] | Annotated[Duration, Tag("list")],
    Discriminator(_form),
]


class FilesKeys(Keys):
    """Which attachments are followed."""

    types: Annotated[Words, said("endings such as pdf, docx; empty: every kind that can be read")] = []
    max_size: Annotated[Size, said("a larger file is not fetched whole")] = 32 * 1024 * 1024


FileForm = Annotated[
    Annotated[FilesKeys, Tag("mapping")] | Annotated[list[Text], Tag("list")] | Annotated[bool, Tag("word")],
    Discriminator(_form),
]


class FollowKeys(Keys):
    """Which links of a source's pages belong to it."""

    allow: Annotated[
        Patterns, said("regular expressions searched in the absolute URL; without any: the same host")
    ] = []
    deny: Annotated[Patterns, said("a URL in which one of these is found is never followed")] = []
    css: Annotated[Selectors, said("only links inside these parts of a page")] = []
    lists: Annotated[int, said("list pages beyond the first", ge=0)] = 20
    pages: Annotated[int, said("pages kept on the round at most", ge=1)] = 10_000
    depth: Annotated[int, said("links away from the entry page; pagination costs nothing", ge=0)] = 3
    files: Annotated[FileForm, said("attachments: false, true, a list of endings, or `types` and `max_size`")] = False


class PolitenessKeys(Keys):
    """How one host is treated."""

    gap: Annotated[
        Duration | None, said("least time between two requests; without it: in proportion to the answer time")
    ] = None
    parallel: Annotated[int, said("requests at the same time", ge=1, le=64)] = 1
    robots: Annotated[Literal["obey", "ignore"], said("what robots.txt means; `ignore` is logged")] = "obey"
    windows: Annotated[Windows, said("visits only then: `22:00-06:00`")] = []
    zone: Annotated[Zone, said("time zone of the windows; the source's `zone`, else UTC")] = "UTC"


class ConfirmKeys(Keys):
    """How a removal is confirmed before it is said."""

    polls: Annotated[int, said("answers in a row that say so", ge=1)] = 3
    for_: Annotated[Duration, said("over at least this long", alias="for")] = timedelta(hours=6)


class SourceKeys(Keys):
    """What a source may say of itself, and what `defaults` may say for all."""

    kind: Annotated[
        Literal["auto", "page", "listing", "board", "topic", "feed", "sitemap", "file"],
        said("what the page is; `auto` looks. `page` takes any page, lists included, as one document"),
    ] = "auto"
    every: Annotated[Every, said("how often: `30m`, `2h`, `1d`, or `{cron: ..., zone: ...}`")] = timedelta(hours=1)
    cron: Annotated[str, said("short for `every: {cron: ...}` in the source's `zone`")] = ""
    zone: Annotated[Zone | None, said("the site's time zone, where its pages do not tell")] = None
    follow: Annotated[FollowKeys, said("which links belong to the source")] = FollowKeys()
    read: Annotated[
        dict[str, Selector], said("selectors for a site that needs them: `{title: h2.t, text: '#body'}`")
    ] = {}
    ignore: Annotated[Ignoreds, said("selectors and /patterns/ of what never counts on its pages")] = []
    headers: Annotated[dict[Header, Line], said("extra request headers; secrets as `${NAME}`")] = {}
    cookies: Annotated[dict[str, Line], said("cookies sent with every request; secrets as `${NAME}`")] = {}
    keep_cookies: Annotated[bool, said("keep what the site sets, from poll to poll")] = False
    proxy: Annotated[Proxy | None, said("fetch through this proxy; it resolves names itself")] = None
    tls: Annotated[
        Literal["verify", "accept-broken", "legacy"],
        said("`accept-broken`: take a bad certificate and say so; `legacy`: old protocols too"),
    ] = "verify"
    render: Annotated[Literal["http", "browser"], said("`browser` runs the page's scripts (extra `browser`)")] = "http"
    tags: Annotated[Words, said("words to filter by")] = []
    enabled: Annotated[bool, said("false: not visited; what is kept stays")] = True
    keep_list: Annotated[bool, said("a listing is a document too")] = False
    politeness: Annotated[PolitenessKeys, said("how its host is treated")] = PolitenessKeys()
    deadline: Annotated[Duration, said("of one fetch, redirects and retries included")] = timedelta(seconds=60)
    max_size: Annotated[Size, said("of one decoded body")] = 32 * 1024 * 1024
    max_memory: Annotated[Size, said("that reading one page may take; beyond it the page is kept, not read")] = (
        192 * 1024 * 1024
    )
    confirm: Annotated[ConfirmKeys, said("how a removal is confirmed")] = ConfirmKeys()
    full_every: Annotated[int, said("a full fetch at least every so many conditional ones", ge=1)] = 24
    date_only: Annotated[Literal["version", "ignore"], said("what a change of dates alone is")] = "version"
    order_only: Annotated[Literal["version", "ignore"], said("what a change of order alone is")] = "version"


class OneSource(SourceKeys):
    """A source: where to look, how often, how to read it."""

    id: Annotated[Id, said("its name in the archive and in commands; keep it when the URL changes")]
    url: Annotated[Address, said("its entry page")]


class NetworkKeys(Keys):
    """What the worker may reach."""

    allow: Annotated[Networks, said("private networks that may be reached; all others are refused")] = []
    hosts: Annotated[
        int, said("hosts visited at the same time; those that only wait make place for others", ge=1, le=256)
    ] = 8


class WebKeys(Keys):
    """The pages for people and the API."""

    listen: Annotated[Listen, said("where `serve` listens; beyond this machine only with `token` or `proxy`")] = (
        "127.0.0.1:8020"
    )
    token: Annotated[Token | None, said("asked of everybody who reads; write it as `${NAME}`")] = None
    proxy: Annotated[
        Peers, said("addresses of the reverse proxies that decide who may read; nobody else is answered")
    ] = []
    hosts: Annotated[HostNames, said("names under which the pages are reached, beside localhost and addresses")] = []
    title: Annotated[Line, said("what the pages call this archive")] = "Muniment"
    zone: Annotated[Zone, said("time zone in which the pages show times")] = "UTC"


class RulesKeys(Keys):
    """Which changes are told. Without any: all. What is given must all hold; of a list, one is enough."""

    sources: Annotated[Words, said("ids of sources")] = []
    tags: Annotated[Words, said("tags of sources")] = []
    kinds: Annotated[
        Annotated[list[Literal["new", "changed", "gone", "back", "moved"]], _ONE_OR_SEVERAL], said("kinds of change")
    ] = []
    documents: Annotated[
        Annotated[list[Literal["notice", "article", "topic", "post", "file", "list", "page"]], _ONE_OR_SEVERAL],
        said("kinds of document"),
    ] = []
    fields: Annotated[Words, said("what must have changed: `title`, `text`, `attachments`, a field's own name")] = []
    words: Annotated[Words, said("what must stand in the title, or in what came or went; case does not count")] = []
    silent_only: Annotated[bool, said("only texts that changed while the page's own date did not")] = False


class WebhookKeys(Keys):
    """A POST of JSON, signed (docs/reference/webhook.md)."""

    url: Annotated[Address, said("who is told")]
    secret: Annotated[Line | None, said("key of the signature; write it as `${NAME}`")] = None
    headers: Annotated[dict[Header, Line], said("more headers")] = {}
    content_type: Annotated[Line, said("of what a `template` makes")] = "application/json"


class EmailKeys(Keys):
    """Letters over SMTP."""

    to: Annotated[Annotated[list[Mailbox], _ONE_OR_SEVERAL], said("who is told", min_length=1)]
    from_: Annotated[Mailbox, said("the sender", alias="from")]
    server: Annotated[Server, said("`smtp.example.org`, or with a port of its own `smtp.example.org:2525`")]
    user: Annotated[Line | None, said("who logs in")] = None
    password: Annotated[Line | None, said("with which password; write it as `${NAME}`")] = None
    tls: Annotated[
        Literal["starttls", "tls", "none"],
        said("`starttls` (port 587), `tls` from the start (465), `none` (25): for a server on this machine"),
    ] = "starttls"
    subject: Annotated[Text | None, said("a template of the subject")] = None


class AppriseKeys(Keys):
    """Whatever apprise reaches; needs `pip install 'muniment[apprise]'`."""

    urls: Annotated[
        Annotated[list[Line], _ONE_OR_SEVERAL], said("its addresses; write what is secret as `${NAME}`", min_length=1)
    ]


class OneNotifier(Keys):
    """Who is told of changes, and how: exactly one of `webhook`, `email`, `apprise`."""

    id: Annotated[Id, said("its name in the archive and in commands; under another one it begins anew")]
    webhook: Annotated[WebhookKeys | None, said("an address that is told by POST")] = None
    email: Annotated[EmailKeys | None, said("people who are told by e-mail")] = None
    apprise: Annotated[AppriseKeys | None, said("whatever apprise reaches")] = None
    rules: Annotated[RulesKeys, said("which changes are told")] = RulesKeys()
    template: Annotated[Text | None, said("Jinja2: the body of the message instead of ours")] = None
    digest: Annotated[Every | None, said("one message about all changes: `1h`, `1d`, or `{cron: ..., zone: ...}`")] = (
        None
    )
    from_: Annotated[
        Literal["now", "start"], said("a new notifier begins with what comes, or with all that there is", alias="from")
    ] = "now"
    rederived: Annotated[bool, said("tell of changes of our own reading, too")] = False
    give_up: Annotated[Duration, said("after so long a message that the receiver itself refuses is set aside")] = (
        timedelta(days=1)
    )
    allow: Annotated[Networks, said("private networks this notifier may reach, beside `network.allow`")] = []


class MetricsKeys(Keys):
    """The daemon's own small port: /metrics for Prometheus, /healthz, /readyz."""

    listen: Annotated[
        Listen | None, said("where `run` answers, for example `127.0.0.1:9464`; nobody is asked who reads")
    ] = None
    hosts: Annotated[HostNames, said("names under which a reverse proxy on this machine passes questions on")] = []


class DiskKeys(Keys):
    """Room on the archive's disk."""

    floor: Annotated[
        FloorSize, said("polling pauses below so much room, `500MB` or `2%`; without it whichever of these is less")
    ] = Floor()


class FileKeys(Keys):
    """The whole file."""

    contact: Annotated[
        Line | None, said("mail address or page for the owners of the sites; goes into the User-Agent")
    ] = None
    database: Annotated[Database | None, said("`sqlite:///muniment.db` or `postgresql+psycopg://user@host/name`")] = (
        None
    )
    user_agent: Annotated[Line | None, said("another name than `Muniment/VERSION (contact)`")] = None
    network: Annotated[NetworkKeys, said("what the worker may reach")] = NetworkKeys()
    defaults: Annotated[SourceKeys, said("keys for all sources that do not say otherwise; all but id and url")] = (
        SourceKeys()
    )
    sources: Annotated[list[OneSource], said("the sources")]
    web: Annotated[WebKeys, said("the pages for people and the API")] = WebKeys()
    notifiers: Annotated[list[OneNotifier], said("who is told of changes")] = []
    metrics: Annotated[MetricsKeys, said("the daemon's own small port for operators")] = MetricsKeys()
    disk: Annotated[DiskKeys, said("room on the archive's disk")] = DiskKeys()
    watchdog: Annotated[
        Duration, said("a daemon in which nothing moves for longer ends itself with 1, to be started again")
    ] = timedelta(minutes=5)

"""Letters: what they say, how they are threaded, and what a mail server's answers mean."""

from __future__ import annotations

import asyncio
import ssl
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
import trustme

from archive.records import Nature
from tests.support.receiver import Postbox, mail_server
from tests.worker.notify.conftest import LOOPBACK, Office
from worker.fetch.guard import Guard
from worker.notify.mail import MailSender
from worker.notify.model import Digest, Mail, Notifier
from worker.notify.templates import sample

SILENT = Nature(True, 0.2, None, ("body",))


def mail_of(box: Postbox, **more: object) -> Mail:
    return replace(
        Mail(("clerk@example.org", "desk@example.org"), "Muniment <m@example.org>", "127.0.0.1", box.port, tls="none"),
        **more,  # type: ignore[arg-type]
    )


def editors(box: Postbox, **more: object) -> Notifier:
    return Notifier("editors", mail_of(box), from_start=True, **more)  # type: ignore[arg-type]


def test_a_silent_edit_says_so_and_shows_what_was_changed_in_text_and_html(office: Office) -> None:
    office.writes("one", "The bridge is closed until 3 May.\nThe ferry runs.")
    office.writes("one", "The bridge is closed until 30 May.\nThe ferry runs.", nature=SILENT)
    with mail_server() as box:
        assert office.tells(editors(box)).delivered == 2
    new, edit = box.letters
    assert (new["Subject"], edit["Subject"]) == ("new: A notice", "silent edit: A notice")
    assert edit["To"] == "clerk@example.org, desk@example.org" and len(box.recipients[1]) == 2
    plain, html = (part.get_content() for part in edit.iter_parts())
    assert "until [-3-]{+30+} May." in plain and "its own date stayed" in plain
    assert "3</del>" in html and "30</ins>" in html and "<script" not in html
    assert "The ferry runs." in new.get_body().get_content()  # type: ignore[union-attr]
    assert box.connections == 1, "one connection for all that there is to send"


def test_letters_about_one_document_stand_in_one_thread_and_each_names_itself(office: Office) -> None:
    for key in ("one", "two", "one"):
        office.writes(key)
    with mail_server() as box:
        office.tells(editors(box))
    first, other, again = box.letters
    assert first["References"] == again["References"] == again["In-Reply-To"] != other["References"]
    assert len({letter["Message-ID"] for letter in box.letters}) == 3


def test_a_letter_sent_twice_is_the_same_letter(desk: Office) -> None:
    desk.writes("one")
    with mail_server() as box:
        desk.tells(editors(box))
        fares = desk.fares(editors(box))
        with desk.writer.begin() as tx:
            tx.save_consumer(replace(fares, seq=0))  # killed before the cursor was written
        desk.tells(editors(box))
    assert box.letters[0]["Message-ID"] == box.letters[1]["Message-ID"]


def test_what_pages_wrote_breaks_neither_headers_nor_html(desk: Office) -> None:
    desk.writes("one", "<script>alert(1)</script>", title="evil\r\nBcc: all@example.org\u202e <b>")
    with mail_server() as box:
        desk.tells(editors(box))
    (letter,) = box.letters
    assert letter["Bcc"] is None and letter["Subject"] == "new: evil Bcc: all@example.org <b>"
    html = list(letter.iter_parts())[1].get_content()
    assert "<script" not in html and "<b>" not in html and "&lt;script&gt;" in html


def test_a_digest_is_one_letter_by_source_with_silent_edits_counted(office: Office) -> None:
    daily = Digest(cron="0 9 * * *", zone="Asia/Shanghai")
    with mail_server() as box:
        office.tells(editors(box, digest=daily))
        office.writes("one")
        office.writes("one", nature=SILENT)
        office.clock.now = office.clock.now.replace(hour=1) + timedelta(days=1)
        office.tells(editors(box, digest=daily))
    (letter,) = box.letters
    assert letter["Subject"] == "2 changes, 1 of them a silent edit"
    said = letter.get_body(("plain",)).get_content()  # type: ignore[union-attr]
    assert "county\n------" in said and "new: A notice" in said and "silent edit: body" in said


def test_templates_make_subject_and_body(desk: Office) -> None:
    desk.writes("one", "The bridge is open.")
    with mail_server() as box:
        own = replace(
            editors(box, template="{{ change.title }}\n{{ text }}"), channel=mail_of(box, subject="[{{ notifier }}]\n!")
        )
        desk.tells(own)
    (letter,) = box.letters
    assert letter["Subject"] == "[editors] !"
    assert letter.get_content().split("\n")[:2] == ["A notice", "The bridge is open."]


def test_a_server_that_refuses_a_letter_for_good_and_one_that_only_says_later(desk: Office) -> None:
    desk.writes("one")
    with mail_server() as box:
        box.data_answer = "451 busy"
        fares = desk.tells(editors(box))
        assert (fares.last_error, fares.refused_since) == ("smtp-4xx: 451 busy", None)
        desk.clock.pass_(timedelta(hours=1))
        box.data_answer = "554 spam"
        fares = desk.tells(editors(box))
        assert fares.last_error == "smtp-5xx: 554 spam" and fares.refused_since == desk.clock.now
        desk.clock.pass_(timedelta(days=2))
        assert desk.tells(editors(box)).set_aside == 1


def test_nobody_listening(desk: Office) -> None:
    desk.writes("one")
    with mail_server() as box:
        pass
    fares = desk.tells(editors(box))
    assert fares.last_error == f"connect: 127.0.0.1:{box.port}: Connection refused"


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> tuple[trustme.CA, Path]:
    authority = trustme.CA()
    path = tmp_path_factory.mktemp("ca") / "ca.pem"
    authority.cert_pem.write_to_path(path)
    return authority, path


def server_context(authority: trustme.CA, name: str) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert(name).configure_cert(context)
    return context


def sent_with_starttls(box: Postbox, ca: Path | None) -> tuple[str, str]:
    async def send() -> tuple[str, str]:
        mail = mail_of(box, tls="starttls", user="clerk", password="secret")
        sender = MailSender(mail, None, Guard(LOOPBACK), str(ca) if ca else None)
        sent = await sender.send(sample("editors"))
        await sender.rest()
        return sent.verdict, sent.said

    return asyncio.run(send())


def test_starttls_is_checked_against_the_servers_name_before_anything_is_said(
    authority: tuple[trustme.CA, Path],
) -> None:
    signer, path = authority
    with mail_server(server_context(signer, "127.0.0.1")) as box:
        assert sent_with_starttls(box, path)[0] == "sent"
        assert box.encrypted == [True] and len(box.logins) == 1
        verdict, said = sent_with_starttls(box, None)
        assert verdict == "later" and "certificate not verified" in said and len(box.letters) == 1
    with mail_server(server_context(signer, "other.example")) as box:
        verdict, said = sent_with_starttls(box, path)
        assert verdict == "later" and "127.0.0.1" in said and not box.logins


def test_without_starttls_offered_no_password_is_said() -> None:
    with mail_server() as box:
        verdict, said = sent_with_starttls(box, None)
    assert verdict == "later" and "STARTTLS" in said and not box.logins and not box.letters

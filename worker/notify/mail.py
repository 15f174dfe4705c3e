"""E-mail over SMTP (RFC 5321), with STARTTLS or TLS from the start; certificates are verified.

A letter's Message-ID follows from what it tells, so that one sent twice is one letter to a mail reader; letters about
the same document stand in one thread. The server's address is vetted when it is dialled, as a fetch's is.
"""

from __future__ import annotations

import smtplib
import socket
import ssl
from dataclasses import replace
from email.message import EmailMessage
from email.utils import format_datetime, parseaddr

from worker.fetch.guard import Forbidden, Guard, NoSuchHost
from worker.notify import letter
from worker.notify.body import key_of
from worker.notify.model import Mail, Message, Sent
from worker.notify.templates import BadTemplate, Template
from worker.notify.threads import in_thread

TIMEOUT = 30.0
"""seconds for any one step with the server"""


class MailSender:
    """Sends letters; keeps the connection while there is more to send."""

    wants_contents = True

    def __init__(
        self, mail: Mail, template: str | None, guard: Guard, ca_file: str | None = None
    ) -> None:  # fmt: skip
        """Raises BadTemplate."""
        self._mail, self._guard, self._ca_file = mail, guard, ca_file
        self._body = Template(template) if template is not None else None
        self._subject = Template(mail.subject) if mail.subject is not None else None
        self._connection: smtplib.SMTP | None = None

    async def send(self, message: Message) -> Sent:
        """Sends one letter once."""
        try:
            said = await in_thread(lambda: self.letter(message))
        except BadTemplate as error:
            return Sent("refused", f"the template fails: {error}", "template")
        try:
            addresses = await self._guard.vetted(self._mail.host, self._mail.port)
        except Forbidden as error:
            return Sent("later", str(error), "forbidden-address")
        except NoSuchHost as error:
            return Sent("later", str(error), "dns")
        sent = await in_thread(lambda: self._deliver(said, addresses))
        return replace(sent, detail=said.as_string())

    async def rest(self) -> None:
        """Says goodbye to the server."""
        await in_thread(self._close)

    def letter(self, message: Message) -> EmailMessage:
        """The whole letter. Raises BadTemplate."""
        mail, said = self._mail, EmailMessage()
        domain = parseaddr(mail.sender)[1].rpartition("@")[2] or "localhost"
        subject = self._subject.render(message) if self._subject is not None else letter.subject(message)
        said["Subject"] = letter.one_line(subject)
        said["From"], said["To"] = mail.sender, ", ".join(mail.to)
        said["Date"] = format_datetime(message.last.at)
        said["Message-ID"] = f"<{key_of(message)}@{domain}>"
        if not message.digest:
            thread = f"<document-{message.first.document_id}.{message.notifier}@{domain}>"
            said["References"] = said["In-Reply-To"] = thread
        said["Auto-Submitted"] = "auto-generated"
        said["Muniment-Seq"] = str(message.last.seq)
        if self._body is not None:
            said.set_content(self._body.render(message))
        else:
            said.set_content(letter.plain(message))
            said.add_alternative(letter.html(message), subtype="html")
        return said

    # --- the server --------------------------------------------------------------------------------------------------

    def _deliver(self, said: EmailMessage, addresses: list[str]) -> Sent:
        for fresh in (False, True):
            try:
                if self._connection is None:
                    self._connection, fresh = self._connected(addresses), True
                refused = self._connection.send_message(said)
            except smtplib.SMTPServerDisconnected as error:
                self._close()
                if fresh:  # an idle connection that was closed meanwhile is no failure
                    return Sent("later", str(error) or "the server closed the connection", "reset")
                continue
            except smtplib.SMTPRecipientsRefused as error:
                verdict = _verdict(error.recipients)
                return self._over(_recipients(error.recipients), verdict, _smtp(verdict == "refused"))
            except smtplib.SMTPResponseException as error:
                words = f"{error.smtp_code} {_text(error.smtp_error)}"
                message = isinstance(error, smtplib.SMTPDataError | smtplib.SMTPSenderRefused)
                login = isinstance(error, smtplib.SMTPAuthenticationError)
                kind = "login" if login else _smtp(error.smtp_code >= 500)
                return self._over(words, "refused" if message and error.smtp_code >= 500 else "later", kind)
            except (OSError, smtplib.SMTPException) as error:
                return self._over(f"{self._mail.host}:{self._mail.port}: {_words(error)}", "later", _kind(error))
            return Sent("sent", f"taken by {self._mail.host}" + (f"; {_recipients(refused)}" if refused else ""))
        raise AssertionError("a fresh connection ends the loop")

    def _over(self, why: str, verdict: str, kind: str) -> Sent:
        self._close()
        return Sent("refused" if verdict == "refused" else "later", why, kind)

    def _connected(self, addresses: list[str]) -> smtplib.SMTP:
        """Logged in, at the first address that answers. Raises what sockets, TLS and smtplib raise."""
        mail, failure = self._mail, OSError("no address answers")
        context = ssl.create_default_context(cafile=self._ca_file)
        for address in addresses:
            try:
                line = socket.create_connection((address, mail.port), TIMEOUT)
            except OSError as error:
                failure = error
                continue
            connection = _Dialled(line, mail.host, context if mail.tls == "tls" else None)
            try:
                if mail.tls == "starttls":
                    connection.starttls(context=context)
                if mail.user is not None:
                    connection.login(mail.user, mail.password or "")
            except BaseException:
                connection.close()
                raise
            return connection
        raise failure

    def _close(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            try:
                connection.quit()
            except (OSError, smtplib.SMTPException):
                connection.close()


class _Dialled(smtplib.SMTP):
    """SMTP over a socket that is connected already, to the vetted address; TLS is checked against the server's name."""

    def __init__(self, line: socket.socket, host: str, context: ssl.SSLContext | None) -> None:
        self._line = context.wrap_socket(line, server_hostname=host) if context is not None else line
        super().__init__(host, timeout=TIMEOUT)

    def _get_socket(self, host: str, port: int, timeout: float) -> socket.socket:
        return self._line


def _recipients(refused: object) -> str:
    pairs = refused.items() if isinstance(refused, dict) else ()
    return "; ".join(f"{who} refused: {code} {_text(why)}" for who, (code, why) in pairs)


def _verdict(refused: object) -> str:
    codes = [code for code, _ in refused.values()] if isinstance(refused, dict) else []
    return "refused" if codes and all(code >= 500 for code in codes) else "later"


def _smtp(for_good: bool) -> str:
    return "smtp-5xx" if for_good else "smtp-4xx"


def _kind(error: Exception) -> str:
    if isinstance(error, ssl.SSLError):
        return "tls"
    if isinstance(error, TimeoutError):
        return "timeout"
    if isinstance(error, ConnectionResetError | BrokenPipeError):
        return "reset"
    return "connect" if isinstance(error, OSError) and not isinstance(error, smtplib.SMTPException) else "unsupported"


def _text(said: bytes | str) -> str:
    return letter.one_line(said.decode("utf-8", "replace") if isinstance(said, bytes) else said)


def _words(error: Exception) -> str:
    if isinstance(error, ssl.SSLCertVerificationError):
        return f"certificate not verified: {error.verify_message}"
    return str(getattr(error, "strerror", None) or error or type(error).__name__)

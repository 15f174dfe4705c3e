"""A webhook: POST of a JSON body, signed, and sent again until it is taken.

Headers and signature are those of Standard Webhooks (standardwebhooks.com, specification 1.0.0), so that receivers may
check them with a library of others: `webhook-id` names the message and stays the same when it is sent again,
`webhook-timestamp` is the time of this try, `webhook-signature` is `v1,` and the base64 of an HMAC-SHA256 over
`ID.TIMESTAMP.BODY`. The connection is guarded as a fetch's is: the address that is dialled is the one that was vetted,
redirects are not followed.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

from worker.fetch.address import BadAddress, target
from worker.fetch.exchange import Answer, exchange
from worker.fetch.failure import Failure
from worker.fetch.guard import Guard
from worker.fetch.politeness import retry_at
from worker.fetch.transport import GuardedTransport
from worker.notify.body import body_of, encoded, key_of
from worker.notify.model import Message, Sent, Webhook
from worker.notify.signing import key_bytes, signature
from worker.notify.templates import BadTemplate, Template

DEADLINE = timedelta(seconds=30)
LARGEST_ANSWER = 64 * 1024
SHOWN = 300
"""characters of an answer that are told"""
REFUSED = frozenset({400, 405, 406, 411, 413, 414, 415, 422, 431})
"""the receiver does not want this very message"""


class WebhookSender:
    """Sends to one webhook; keeps its connection between messages."""

    def __init__(
        self, webhook: Webhook, template: str | None, guard: Guard, now: Callable[[], datetime], user_agent: str,
        ca_file: str | None = None,
    ) -> None:  # fmt: skip
        """Raises BadTemplate, and ValueError for a secret that is none."""
        self._webhook = webhook
        self._key = key_bytes(webhook.secret) if webhook.secret is not None else None
        self._template = Template(template) if template is not None else None
        self.wants_contents = self._template is not None and self._template.wants_contents
        self._guard, self._now, self._user_agent, self._ca_file = guard, now, user_agent, ca_file
        self._transport: GuardedTransport | None = None

    async def send(self, message: Message) -> Sent:
        """Sends one message once."""
        try:
            body = self.body(message)
            at = target(self._webhook.url)
        except BadTemplate as error:
            return Sent("refused", f"the template fails: {error}", "template")
        except BadAddress as error:
            return Sent("later", f"the webhook's address: {error}", "scheme")
        headers = self.headers(message, body)
        self._transport = self._transport or GuardedTransport(self._guard, "verify", None, self._ca_file)
        try:
            async with asyncio.timeout(DEADLINE.total_seconds()):
                answer = await exchange(
                    self._transport, at, headers, max_size=LARGEST_ANSWER, now=self._now, cut=True,
                    method="POST", content=body,
                )  # fmt: skip
        except Failure as failure:
            sent = Sent("later", failure.why, failure.kind)
        except TimeoutError:
            sent = Sent("later", f"no answer within {DEADLINE.total_seconds():g} s", "deadline")
        else:
            sent = judged(answer, self._now())
        return replace(sent, detail=self._shown(headers, body))

    async def rest(self) -> None:
        """Gives the connection back."""
        if self._transport is not None:
            await self._transport.aclose()
            self._transport = None

    def body(self, message: Message) -> bytes:
        """What is posted. Raises BadTemplate."""
        if self._template is not None:
            return self._template.render(message).encode("utf-8", "replace")
        return encoded(body_of(message))

    def headers(self, message: Message, body: bytes) -> dict[str, str]:
        """The headers of one try."""
        key, stamp = key_of(message), str(int(self._now().timestamp()))
        headers = {
            "User-Agent": self._user_agent, "Accept": "*/*", "Content-Type": self._webhook.content_type,
            **self._webhook.headers, "Idempotency-Key": key, "webhook-id": key, "webhook-timestamp": stamp,
        }  # fmt: skip
        if self._key is not None:
            headers["webhook-signature"] = signature(self._key, key, stamp, body)
        return headers

    def _shown(self, headers: dict[str, str], body: bytes) -> str:
        own = {name.lower() for name in self._webhook.headers}
        shown = [f"{name}: {'(as configured)' if name.lower() in own else said}" for name, said in headers.items()]
        at, query, _ = self._webhook.url.partition("?")  # what follows is often a secret
        return "\n".join([f"POST {at}{'?...' if query else ''}", *shown, "", body.decode("utf-8", "replace")])


def _origin(location: str) -> str:
    """Where a redirect leads, as far as it can be told: path and query are often the receiver's secret."""
    try:
        at = target(location)
    except BadAddress:
        return "another path"
    return f"{at.origin}/..."


def judged(answer: Answer, now: datetime) -> Sent:
    """What an answer means."""
    status = answer.status
    said = " ".join(answer.body.decode("utf-8", "replace").split())[:SHOWN]
    words = f"answers {status}" + (f": {said}" if said else "")
    if 200 <= status < 300:
        return Sent("sent", words)
    kind = "rate-limited" if status == 429 else f"http-{status // 100}xx"
    if status == 410:
        return Sent("stopped", f"{words}: the receiver wants no more messages", kind)
    if status in REFUSED:
        return Sent("refused", words, kind)
    if answer.location is not None:
        leads = f"answers {status}, a redirect to {_origin(answer.location)}; write that address instead"
        return Sent("later", leads, "redirects")
    until = retry_at(answer.header("retry-after"), answer.header("date"), now)
    return Sent("later", words, kind, until)

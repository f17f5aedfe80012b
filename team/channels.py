"""Telling a group: what a robot or webhook is sent, signed as it asks, and what its answer means.

Deliveries stand in the database (team.notices.broadcast makes them). One is claimed, sent and noted in three steps,
so no transaction is open while the other side is talked to; a worker that dies leaves a claim that runs out. Formats
and signatures: docs/notices.md.
"""

import base64
import hashlib
import hmac
import json
import secrets
from datetime import datetime, timedelta
from typing import NamedTuple
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from cryptography.exceptions import InvalidTag
from django.db import connection
from django.utils import translation
from django.utils.translation import gettext
from django.utils.translation import gettext_noop as _

from team.notice_mails import site_link
from team.notice_models import Channel, ChannelKind, Delivery
from team.notices import words
from team.posting import AddressRefused, Answer, NotReached, post
from tenants.encryption import encrypt
from tenants.models import Organization
from tenants.scope import organization_scope

CLAIM_LASTS = timedelta(minutes=2)
WAITS = (
    timedelta(minutes=1), timedelta(minutes=5), timedelta(minutes=30), timedelta(hours=2), timedelta(hours=6),
)  # fmt: skip
MOST_TRIES = len(WAITS) + 1
LONGEST_TEXT = 600  # characters: the smallest limit, WeCom's, is 2,048 bytes of UTF-8
# What a try met, as Delivery.last_error keeps it: a code, then perhaps ": " and what the other side said.
ERRORS = {
    "no_address": _("this is no address of a web server"),
    "not_https": _("only https addresses are sent to"),
    "private_address": _("the address leads into a private network"),
    "unknown_host": _("the server's name is not known"),
    "timed_out": _("the server did not answer in time"),
    "bad_certificate": _("the server's certificate is not valid"),
    "no_answer": _("the server could not be reached"),
    "status": _("the server answered with an error"),
    "refused": _("the robot refused the message"),
    "unreadable": _("the answer is not that of a robot"),
    "interrupted": _("the last try was interrupted"),
    "key_lost": _("the channel's secret cannot be read any more: enter it again"),
}
_SEPARATOR = ": "


class Outgoing(NamedTuple):
    """One request, ready to be posted."""

    url: str
    headers: dict[str, str]
    body: bytes


def seal(channel: Channel, url: str | None, secret: str | None) -> None:
    """Set what is given of the address and the secret, encrypted; None leaves it as it is."""
    for field, value in (("url", url), ("secret", secret)):
        if value is not None:
            setattr(channel, field, encrypt(channel.organization_id, field, value) if value else None)


def new_secret() -> str:
    return "whs_" + secrets.token_urlsafe(32)


def shown_address(channel: Channel) -> str:
    """The server's name; what stands behind it lets anybody write into the group and is not shown again."""
    return urlsplit(channel.decrypted("url") or "").hostname or ""


def error_in_words(error: str) -> str:
    """Delivery.last_error in the active language, with what the other side said."""
    code, _separator, said = error.partition(_SEPARATOR)
    if code not in ERRORS:
        return error
    return f"{gettext(ERRORS[code])} ({said})" if said else gettext(ERRORS[code])


def told_text(organization: Organization, delivery: Delivery) -> str:
    """What the group reads: who tells, the sentence, and where the matter is."""
    sentence = words(delivery.text, delivery.params)
    if len(sentence) > LONGEST_TEXT:
        sentence = sentence[: LONGEST_TEXT - 1] + "…"
    return "\n".join(filter(None, [f"【{organization.name}】{sentence}", site_link(delivery.link)]))


def outgoing(organization: Organization, channel: Channel, delivery: Delivery, now: datetime) -> Outgoing:
    """The request that tells a channel one thing at `now`, in the channel's language."""
    url, secret = channel.decrypted("url") or "", channel.decrypted("secret") or ""
    with translation.override(channel.language):
        text = told_text(organization, delivery)
        if channel.kind == ChannelKind.WEBHOOK:
            return _webhook(url, secret, organization, delivery, now)
    if channel.kind == ChannelKind.FEISHU:
        return _request(url, _feishu_signature(secret, now) | {"msg_type": "text", "content": {"text": text}})
    if channel.kind == ChannelKind.DINGTALK:
        url = _dingtalk_signed(url, secret, now)
    # DingTalk and WeCom take the same message; WeCom's key stands in its address.
    return _request(url, {"msgtype": "text", "text": {"content": text}})


def _request(url: str, message: dict, headers: dict[str, str] | None = None) -> Outgoing:
    body = json.dumps(message, ensure_ascii=False).encode()
    return Outgoing(url, {"Content-Type": "application/json; charset=utf-8", **(headers or {})}, body)


def _webhook(
    url: str, secret: str, organization: Organization, delivery: Delivery, now: datetime
) -> Outgoing:
    message = {
        "id": delivery.pk, "organization": organization.slug, "kind": delivery.kind,
        "text": words(delivery.text, delivery.params), "link": site_link(delivery.link) or delivery.link,
        "made_at": delivery.made_at.isoformat(),
    }  # fmt: skip
    request = _request(url, message)
    timestamp = str(int(now.timestamp()))
    signature = hmac.new(secret.encode(), f"{timestamp}.".encode() + request.body, hashlib.sha256).hexdigest()
    return request._replace(
        headers=request.headers
        | {
            "Kefudesk-Timestamp": timestamp,
            "Kefudesk-Signature": f"v1={signature}",
            "Kefudesk-Delivery": str(delivery.pk),
        }
    )


def _dingtalk_signed(url: str, secret: str, now: datetime) -> str:
    """The robot's address with &timestamp= (milliseconds) and &sign=; unchanged where it has no secret."""
    if not secret:
        return url
    timestamp = str(int(now.timestamp() * 1000))
    digest = hmac.digest(secret.encode(), f"{timestamp}\n{secret}".encode(), "sha256")
    parts = urlsplit(url)
    query = [*parse_qsl(parts.query), ("timestamp", timestamp), ("sign", base64.b64encode(digest).decode())]
    return urlunsplit(parts._replace(query=urlencode(query)))


def _feishu_signature(secret: str, now: datetime) -> dict[str, str]:
    """`timestamp` (seconds) and `sign` of the body; none where the robot has no secret."""
    if not secret:
        return {}
    timestamp = str(int(now.timestamp()))
    digest = hmac.digest(f"{timestamp}\n{secret}".encode(), b"", "sha256")
    return {"timestamp": timestamp, "sign": base64.b64encode(digest).decode()}


def refusal_of(kind: str, answer: Answer) -> str:
    """Blank if the answer says the message was taken; else an error as Delivery.last_error keeps it.

    Robots answer 200 to everything and say in the body whether they took it: errcode of DingTalk and WeCom, code (of
    older ones StatusCode) of Feishu, 0 for taken.
    """
    if not 200 <= answer.status < 300:
        return f"status{_SEPARATOR}{answer.status}"
    if kind == ChannelKind.WEBHOOK:
        return ""
    try:
        told = json.loads(answer.body)
    except ValueError:
        return "unreadable"
    names = ("code", "StatusCode") if kind == ChannelKind.FEISHU else ("errcode",)
    code = next((told[name] for name in names if name in told), None) if isinstance(told, dict) else None
    if code is None:
        return "unreadable"
    if code == 0:
        return ""
    said = told.get("errmsg") or told.get("msg") or told.get("StatusMessage") or ""
    return f"refused{_SEPARATOR}{code} {said}".strip()[:300]


def deliver_next(organization_id: int, now: datetime) -> bool:
    """Send the delivery that has waited longest among the due ones; False: none is due.

    One the other side does not take is tried again after WAITS, MOST_TRIES times in all.
    """
    with organization_scope(organization_id):
        delivery = _claim(now)
        if delivery is None:
            return False
        organization = Organization.objects.get(pk=organization_id)
    error = _sent(organization, delivery, now)
    with organization_scope(organization_id):
        _note(delivery, error, now)
    return True


def _sent(organization: Organization, delivery: Delivery, now: datetime) -> str:
    """Send it; blank, or an error as Delivery.last_error keeps it."""
    try:
        request = outgoing(organization, delivery.channel, delivery, now)
        return refusal_of(delivery.channel.kind, post(request.url, request.headers, request.body))
    except (AddressRefused, NotReached) as failure:
        return str(failure)
    except InvalidTag:
        return "key_lost"


def _claim(now: datetime) -> Delivery | None:
    """One due delivery of a channel in use; nobody else takes it until the claim runs out."""
    # Its worker died in the last try.
    tried = Delivery.objects.filter(next_try_at__lte=now, tries__gte=MOST_TRIES)
    tried.update(next_try_at=None, last_error="interrupted")
    with connection.cursor() as cursor:
        cursor.execute(
            """
            UPDATE team_delivery SET tries = tries + 1, next_try_at = %(until)s WHERE id = (
                SELECT d.id FROM team_delivery d JOIN team_channel c ON c.id = d.channel_id
                WHERE d.next_try_at <= %(now)s AND c.active
                ORDER BY d.next_try_at, d.id LIMIT 1 FOR UPDATE OF d SKIP LOCKED
            ) RETURNING id
            """,
            {"now": now, "until": now + CLAIM_LASTS},
        )
        row = cursor.fetchone()
    return row and Delivery.objects.select_related("channel").get(pk=row[0])


def _note(delivery: Delivery, error: str, now: datetime) -> None:
    """Write down how a try went. Of a claim that ran out and was taken over, the later worker says it."""
    claimed = Delivery.objects.filter(pk=delivery.pk, tries=delivery.tries, delivered_at=None)
    if not error:
        claimed.update(delivered_at=now, next_try_at=None, last_error="")
    else:
        wait = None if delivery.tries >= MOST_TRIES else now + WAITS[delivery.tries - 1]
        claimed.update(next_try_at=wait, last_error=error)


def try_again(deliveries, now: datetime) -> int:
    """Put given-up deliveries of a queryset up for delivery anew; how many."""
    given_up = deliveries.filter(delivered_at=None, next_try_at=None)
    return given_up.update(tries=0, next_try_at=now)


def send_test(channel: Channel, now: datetime) -> Delivery:
    """A delivery that says the channel works; whoever delivers next sends it."""
    return Delivery.objects.create(
        organization_id=channel.organization_id,
        channel=channel,
        key=f"test:{secrets.token_hex(8)}",
        kind="test",
        text=_("This is a test: notices reach this group."),
        made_at=now,
        next_try_at=now,
    )

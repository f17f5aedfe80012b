"""The daily tables by e-mail: one mail a member and day, with the workbook attached and the sums as text.

As team/notice_mails.py sends notices: a mail is claimed before it is sent and noted after, in transactions of their
own. A worker that dies in between leaves a claim that runs out, and the mail is sent then. A mail carries no number a
mail server would know it by again: one that died after the server had taken the mail sends it twice.
"""

import logging
from datetime import datetime, timedelta
from smtplib import SMTPException
from typing import NamedTuple

from django.conf import settings
from django.core.mail import EmailMessage
from django.db import connection
from django.db.models import Q
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from kpis import wording
from kpis.daily_access import own_agents
from kpis.daily_due import Due, due_mails, newest_instants
from kpis.daily_models import DailyMailSent
from kpis.daily_report import ReportLine, report_of, report_table
from kpis.daily_sheets import PAGES, TITLES, Writer, sheet_named
from kpis.exports import CONTENT_TYPES, as_workbook
from kpis.figures import Query
from kpis.models import STORE
from team.notice_mails import site_link
from tenants.models import Organization
from tenants.scope import organization_scope

CLAIM_LASTS = timedelta(minutes=30)
MOST_TRIES = 3
logger = logging.getLogger(__name__)


class Claim(NamedTuple):
    """A mail nobody else sends until the claim runs out; tries counts this one already."""

    due: Due
    sent_id: int
    tries: int


def mail_next(organization_id: int, now: datetime) -> bool:
    """Send one member the tables of one day that are due; False: nobody waits for any.

    One the mail server refuses is tried again when the claim runs out, MOST_TRIES times in all; the error is kept.
    """
    with organization_scope(organization_id):
        claim = _claim(now)
    if claim is None:
        return False
    with organization_scope(organization_id):
        organization = Organization.objects.get(pk=organization_id)
        message = message_of(organization, claim.due, now)
    error = ""
    try:
        message.send()
    except (SMTPException, OSError) as failure:
        logger.exception("daily tables were not mailed to member %s", claim.due.mail.user_id)
        error = f"{type(failure).__name__}: {failure}"[:500]
    with organization_scope(organization_id):
        # Whoever took the claim over after it ran out will say how it went.
        mine = DailyMailSent.objects.filter(pk=claim.sent_id, tries=claim.tries, sent_at=None)
        mine.update(error=error, sent_at=None if error else now)
    return True


def _claim(now: datetime) -> Claim | None:
    """The first mail that is due and that nobody has sent or is sending."""
    with connection.cursor() as cursor:
        for due in due_mails(now):
            cursor.execute(
                """
                INSERT INTO kpis_dailymailsent AS t (organization_id, user_id, day, claimed_at, tries, error)
                VALUES (%(organization)s, %(user)s, %(day)s, %(now)s, 1, '')
                ON CONFLICT (organization_id, user_id, day) DO UPDATE SET claimed_at = %(now)s, tries = t.tries + 1
                WHERE t.sent_at IS NULL AND t.tries < %(most)s AND t.claimed_at <= %(lapsed)s
                RETURNING id, tries
                """,
                {
                    "organization": due.mail.organization_id, "user": due.mail.user_id, "day": due.day, "now": now,
                    "most": MOST_TRIES, "lapsed": now - CLAIM_LASTS,
                },
            )  # fmt: skip
            if row := cursor.fetchone():
                return Claim(due, *row)
    return None


def any_waiting(now: datetime) -> bool:
    """Whether a mail is due that was not sent; it may be one that is being sent. Call inside a scope."""
    due = due_mails(now)
    done = DailyMailSent.objects.filter(day__in={each.day for each in due})
    over = set(done.filter(Q(sent_at__isnull=False) | Q(tries__gte=MOST_TRIES)).values_list("user_id", "day"))
    return any((each.mail.user_id, each.day) not in over for each in due)


def message_of(organization: Organization, due: Due, now: datetime) -> EmailMessage:
    """The mail in the member's language: the sums as text, the workbook attached, buyers' names masked."""
    with translation.override(due.mail.user.language or settings.LANGUAGE_CODE):
        writer, agents = Writer(due.stores, masked=True), own_agents(due.membership)
        sheets = {
            str(TITLES[name]): sheet_named(name, writer, due.stores, due.day, agents, now)
            for name in due.tables
        }
        day = wording.day_text(due.day, weekday=True)
        link = site_link(reverse("daily_tables", args=[organization.slug]) + f"?day={due.day}")
        context = {
            "organization": organization, "day": day, "sections": _sections(due, writer, agents, now),
            "warnings": _warnings(due), "own": agents is not None, "link": link,
            "settings_link": site_link(reverse("daily_mail", args=[organization.slug])),
        }  # fmt: skip
        subject = _("%(organization)s: daily tables of %(day)s") % {
            "organization": organization.name,
            "day": day,
        }
        body = render_to_string("kpis/email/daily_tables.txt", context)
    message = EmailMessage(" ".join(subject.split()), body, None, [due.mail.user.email])
    message.attach(f"daily-tables-{due.day}.xlsx", as_workbook(sheets), CONTENT_TYPES["xlsx"])
    return message


def _sections(due: Due, writer: Writer, agents: tuple[int, ...] | None, now: datetime) -> list[dict]:
    """For each table its title and its sums in words."""
    query = Query(due.day, due.day, tuple(store.pk for store in due.stores), agents)
    sections = []
    for name in due.tables:
        if name == "report":
            report = report_of(due.stores, due.day, now, agents)
            lines = [_store_words(line) for line in report.lines if line.agent_id == STORE]
            total = report_table(report, writer.names).total
            if total:
                lines.append(" · ".join(
                    [total.name, *(f"{cell.measure.name} {cell.text}" for cell in total.cells[:5])]
                ))  # fmt: skip
        else:
            lines = [PAGES[name](writer, query, 0, 0).said]
        sections.append({"title": TITLES[name], "lines": lines})
    return sections


def _store_words(line: ReportLine) -> str:
    """A store's day in a line of the mail."""
    row, currency = line.of_day, line.store.currency
    if row is None:
        return _("%(store)s: nothing happened") % {"store": line.store.name}
    said = _("%(store)s: sales %(sales)s, %(orders)s orders, %(inquiries)s inquiries, same-day conversion %(rate)s") % {
        "store": line.store.name, "sales": wording.money_text(row.paid_amount, currency, exact=True),
        "orders": wording.count_text(row.orders), "inquiries": wording.count_text(row.inquiries),
        "rate": wording.rate_text(row.conversion_same_day),
    }  # fmt: skip
    if line.reached is None:
        return said
    return said + _(", %(reached)s of the month’s target") % {"reached": wording.rate_text(line.reached)}


def _warnings(due: Due) -> list[str]:
    """What the reader must know of the data: stores of which nothing, or not the whole day, has come yet."""
    newest = newest_instants(due.stores, due.day)
    said = []
    for store in due.stores:
        if store.pk not in newest:
            continue
        if newest[store.pk] is None:
            said.append(_("%(store)s: no data of this day has come yet.") % {"store": store.name})
        else:
            at = wording.instant_text(newest[store.pk], store.time_zone)
            said.append(
                _("%(store)s: data to %(time)s; what came later is missing.")
                % {"store": store.name, "time": at}
            )
    return said

"""Reading the audit trail: what the page's filters choose, entries in words, and the same as a file."""

import csv
import io
from collections.abc import Iterable, Iterator
from datetime import datetime, time, timedelta

from django import forms
from django.db.models import Q, QuerySet, TextField
from django.db.models.functions import Cast
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tenants.audit_models import AuditEntry
from tenants.audit_words import details_in_words, numbered_names, verb_in_words, who_in_words
from tenants.spreadsheets import escaped

# A file of more lines is no file people read; the newest are given, and the last line says so.
MOST_LINES = 100_000


class AuditFilters(forms.Form):
    """What the page asks for; a field filled in wrongly filters nothing."""

    who = forms.CharField(required=False, label=gettext_lazy("Who"))
    verb = forms.CharField(required=False, label=gettext_lazy("What"))
    since = forms.DateField(required=False, label=gettext_lazy("From"))
    until = forms.DateField(required=False, label=gettext_lazy("To"))
    q = forms.CharField(required=False, label=gettext_lazy("Text"))

    def chosen(self) -> QuerySet[AuditEntry]:
        """The scope's entries that fit, newest first."""
        entries = AuditEntry.objects.order_by("-at", "-pk")
        self.is_valid()
        wanted = self.cleaned_data
        if who := wanted.get("who"):
            entries = entries.filter(who=who)
        if verb := wanted.get("verb"):
            entries = entries.filter(verb=verb)
        if since := wanted.get("since"):
            entries = entries.filter(at__gte=_midnight(since))
        if until := wanted.get("until"):
            entries = entries.filter(at__lt=_midnight(until + timedelta(days=1)))
        if text := wanted.get("q"):
            entries = entries.alias(told=Cast("details", TextField())).filter(
                Q(subject__icontains=text) | Q(who__icontains=text) | Q(told__icontains=text)
                | Q(address__icontains=text)
            )  # fmt: skip
        return entries


def people() -> list[tuple[str, str]]:
    """(who, in words) of everybody who stands in the scope's trail."""
    found = AuditEntry.objects.order_by("who").values_list("who", flat=True).distinct()
    return [(who, who_in_words(who)) for who in found]


def tell(entries: Iterable[AuditEntry]) -> None:
    """Write `words`, `told` and `by` to each entry: its verb, its details and who it was, for people."""
    names = numbered_names()
    for entry in entries:
        entry.words, entry.told = verb_in_words(entry.verb), details_in_words(entry, names)
        entry.by = who_in_words(entry.who)


def verbs() -> list[tuple[str, str]]:
    """(verb, in words) of everything that stands in the scope's trail, by words."""
    found = AuditEntry.objects.order_by().values_list("verb", flat=True).distinct()
    return sorted(((verb, verb_in_words(verb)) for verb in found), key=lambda pair: pair[1])


def as_csv(entries: QuerySet[AuditEntry]) -> tuple[bytes, int]:
    """(the file, how many entries it has); times with their offset, text no spreadsheet runs."""
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    titles = (
        _("Time"),
        _("Who"),
        _("Address"),
        _("Browser"),
        _("What"),
        _("Kind"),
        _("Subject"),
        _("Details"),
    )
    writer.writerow(titles)
    count = 0
    for line in _lines(entries[: MOST_LINES + 1]):
        if count == MOST_LINES:
            writer.writerow([_("There are more entries: choose a shorter period.")])
            break
        writer.writerow([escaped(cell) for cell in line])
        count += 1
    # Excel reads UTF-8 only behind a byte-order mark.
    return text.getvalue().encode("utf-8-sig"), count


def _lines(entries: QuerySet[AuditEntry]) -> Iterator[list[str]]:
    names = numbered_names()
    for entry in entries.iterator(chunk_size=2000):
        at = timezone.localtime(entry.at).isoformat(timespec="seconds")
        told = "; ".join(details_in_words(entry, names))
        yield [
            at, who_in_words(entry.who), entry.address, entry.browser, verb_in_words(entry.verb), entry.subject_kind,
            entry.subject, told,
        ]  # fmt: skip


def _midnight(day) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min))

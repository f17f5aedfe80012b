"""The draft check as a page: an answer is typed, and at once it shows what it would trigger, and safe words."""

from typing import NamedTuple

from django import forms
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from conversations.models import Kind, Message
from policies.detection.reader import Line
from policies.draft_check import LONGEST_TEXT, MOST_BEFORE, Finding, check
from stores.forms import StyledForm
from stores.models import Buyer, Store
from tenants.access import permission_required
from tenants.masking import masked_text

MOST_SHOPS = 12  # kinds of shop that are compared


class DraftForm(StyledForm):
    """store: of those open to the member. asked: the buyer's last words, a line each."""

    store = forms.ModelChoiceField(
        Store.objects.none(), label=_("Store"), to_field_name="code", empty_label=None
    )
    asked = forms.CharField(
        label=_("What the buyer wrote last"),
        required=False,
        max_length=LONGEST_TEXT,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("A line each. Many answers are wrong only after such a question."),
    )
    text = forms.CharField(
        label=_("Your answer"),
        required=False,
        max_length=LONGEST_TEXT,
        widget=forms.Textarea(attrs={"rows": 5}),
    )

    def __init__(self, *args, stores, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["store"].queryset = stores


class Piece(NamedTuple):
    """A part of the answer; marked where a rule is broken: "sure", "likely", "possible" or ""."""

    text: str
    marked: str


class Shop(NamedTuple):
    """What the same answer would trigger in one's stores of one kind."""

    names: list[str]
    findings: list[Finding]


@require_http_methods(["GET", "POST"])
@permission_required("check_drafts")
def draft_check(request):
    """The page; POST checks what is typed and stores nothing. ?store= and ?buyer=: the chat it would answer."""
    stores = list(Store.objects.open_to(request.membership))
    chosen = request.POST.get("store") or request.GET.get("store")
    store = next((one for one in stores if one.code == chosen), stores[0] if stores else None)
    chat = _last_lines(store, request.GET.get("buyer", "")) if store else []
    form = DraftForm(
        request.POST if request.method == "POST" else None,
        stores=Store.objects.open_to(request.membership),
        initial={"store": store.code if store else None},
    )
    shown = {
        "form": form,
        "store": store,
        "chat": [line._replace(text=masked_text(line.text)) for line in chat],
        "findings": None,
    }
    if request.method == "POST" and form.is_valid():
        shown |= _checked(form.cleaned_data, chat, stores)
    part = request.htmx and not request.htmx.boosted
    return render(request, "policies/_draft_findings.html" if part else "policies/draft_check.html", shown)


def _checked(told: dict, chat: list[Line], stores: list[Store]) -> dict:
    text, now = told["text"], timezone.now()
    asked = [Line(line, by_buyer=True) for line in told["asked"].splitlines() if line.strip()]
    before = (chat + asked)[-MOST_BEFORE:]
    if not text.strip() and not before:
        return {"findings": None}
    findings = check(told["store"], text, before, now)
    return {
        "store": told["store"],
        "findings": findings,
        "is_clear": bool(text.strip()) and all(one.question for one in findings),
        "pieces": pieces_of(text, findings),
        "shops": [
            Shop([one.name for one in alike], check(alike[0], text, before, now))
            for alike in _kinds_of_shop(stores)
        ],
    }


def pieces_of(text: str, findings: list[Finding]) -> list[Piece]:
    """The answer cut where rules are broken; where two overlap, the surer one marks."""
    marks = [""] * len(text)
    for finding in sorted(findings, key=lambda one: one.certainty):
        for place in range(finding.start, finding.end):
            marks[place] = finding.certainty.name.lower()
    pieces: list[Piece] = []
    for character, mark in zip(text, marks, strict=True):
        if pieces and pieces[-1].marked == mark:
            pieces[-1] = Piece(pieces[-1].text + character, mark)
        else:
            pieces.append(Piece(character, mark))
    return pieces


def _kinds_of_shop(stores: list[Store]) -> list[list[Store]]:
    """Stores that the same rules can judge, together; nothing where all are alike."""
    alike: dict[tuple, list[Store]] = {}
    for store in stores:
        alike.setdefault((store.platform, store.kind, store.country), []).append(store)
    return list(alike.values())[:MOST_SHOPS] if len(alike) > 1 else []


def _last_lines(store: Store, number: str) -> list[Line]:
    """The end of a buyer's chat; nothing for somebody the store does not know."""
    if not number.isdecimal():
        return []
    buyer = Buyer.objects.filter(store=store, pk=int(number[:9])).first()
    if buyer is None:
        return []
    rows = Message.objects.filter(store=store, buyer=buyer).order_by("-sent_at", "-kind", "-message_id")
    return [
        Line(row.text, row.kind == Kind.IN, row.sent_at, row.kind > Kind.HUMAN)
        for row in reversed(rows[:MOST_BEFORE])
    ]

"""Channels: which robots and webhooks are told, whether they take it, and a test that shows it."""

from django import forms
from django.conf import settings
from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import Count, Max, Q
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext, ngettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from stores.forms import StyledForm, posted
from team.channels import ERRORS, error_in_words, new_secret, seal, send_test, shown_address, try_again
from team.notice_models import Channel, ChannelKind, Delivery
from team.notices import KINDS, kind_in_words, words
from team.posting import AddressRefused, checked_address
from team.tasks import tell_organization
from tenants.access import permission_required
from tenants.audit import changes, record

SHOWN_DELIVERIES = 50
SHORTEST_SECRET = 16


class ChannelForm(StyledForm, forms.ModelForm):
    """A robot or webhook. Address and secret are never shown again; left blank they stay as they are."""

    url = forms.CharField(
        label=_("Address"),
        required=False,
        max_length=1000,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false", "inputmode": "url"}),
    )
    secret = forms.CharField(
        label=_("Secret"),
        required=False,
        max_length=200,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )
    kinds = forms.MultipleChoiceField(
        label=_("What it is told"),
        required=False,
        choices=[(key, _(name)) for key, name in KINDS.items() if key != "test"],
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Nothing chosen: everything."),
    )

    field_order = ("name", "kind", "url", "secret", "kinds", "language", "active")

    class Meta:
        model = Channel
        fields = ("name", "kind", "kinds", "language", "active")
        labels = {"name": pgettext_lazy("thing", "Name"), "kind": _("Kind"), "active": _("In use")}

    def __init__(self, *args, languages, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["language"] = forms.ChoiceField(label=_("Language"), choices=languages)
        self.is_new = self.instance.pk is None
        if not self.is_new:
            del self.fields["kind"]
        self.fields["url"].help_text = (
            _("As the group's robot shows it, or of your own server.")
            if self.is_new
            else _("It is not shown again. Blank: it stays as it is.")
        )
        self.fields["secret"].help_text = (
            _(
                "DingTalk and Feishu: the robot's signing secret, if it has one. WeCom: none. Webhook: blank makes one."
            )
            if self.is_new
            else _("It is not shown again. Blank: it stays as it is.")
        )

    def clean_name(self):
        name = self.cleaned_data["name"]
        if Channel.objects.filter(name=name).exclude(pk=self.instance.pk).exists():
            raise ValidationError(_("There is a channel of this name already."))
        return name

    def clean_url(self):
        url = self.cleaned_data["url"].strip()
        if not url and self.is_new:
            raise ValidationError(_("Give the address."))
        if url:
            try:
                checked_address(url)
            except AddressRefused as error:
                raise ValidationError(gettext(ERRORS[str(error)])) from None
        return url

    def clean(self):
        values = super().clean()
        secret = values.get("secret") or ""
        kind = values.get("kind") or self.instance.kind
        if kind == ChannelKind.WEBHOOK and secret and len(secret) < SHORTEST_SECRET:
            self.add_error(
                "secret",
                gettext("A webhook's secret has at least %(count)s characters.") % {"count": SHORTEST_SECRET},
            )
        if secret and not secret.isascii():
            self.add_error("secret", gettext("A secret has Latin letters, digits and signs only."))
        return values


def open_channels(request):
    """All channels. PermissionDenied for a member of some stores only: groups are told of every store."""
    if request.membership.store_ids:
        raise PermissionDenied
    return Channel.objects.all()


def the_channel(request, channel_id: int) -> Channel:
    return get_object_or_404(open_channels(request), pk=channel_id)


def form_of(request, channel: Channel | None = None) -> ChannelForm:
    return ChannelForm(posted(request), instance=channel, languages=settings.LANGUAGES)


@require_GET
@permission_required("manage_channels")
def channel_list(request):
    """Every channel, when it last took something, and what it did not take."""
    channels = list(open_channels(request))
    rows = {row["channel"]: row for row in _sums()}
    for channel in channels:
        channel.host = shown_address(channel)
        channel.about = [kind_in_words(kind) for kind in channel.kinds]
        channel.sums = rows.get(channel.pk, {})
    return render(request, "team/channel_list.html", {"channels": channels})


def _sums():
    """One row a channel: {channel, delivered (last time), given_up, waiting}."""
    return (
        Delivery.objects.order_by()
        .values("channel")
        .annotate(
            delivered=Max("delivered_at"),
            given_up=Count("pk", filter=Q(delivered_at=None, next_try_at=None)),
            waiting=Count("pk", filter=Q(next_try_at__isnull=False)),
        )
    )


@require_http_methods(["GET", "POST"])
@never_cache
@permission_required("manage_channels")
def channel_new(request):
    """A new channel. A webhook's secret, where we make it, is in the answer to the form and nowhere else."""
    open_channels(request)
    form = form_of(request)
    if request.method != "POST" or not form.is_valid():
        return render(request, "team/channel_edit.html", {"form": form})
    channel, given = form.save(commit=False), form.cleaned_data["secret"]
    made = new_secret() if channel.kind == ChannelKind.WEBHOOK and not given else ""
    channel.organization = request.organization
    seal(channel, form.cleaned_data["url"], given or made)
    channel.save()
    record(request, "channel_added", channel, kind=channel.kind, server=shown_address(channel))
    if not made:
        messages.success(request, gettext("Channel added. Send a test to see that it works."))
        return redirect("channel_edit", request.organization.slug, channel.pk)
    return render(request, "team/channel_edit.html", page_of(request, channel) | {"made_secret": made})


@require_http_methods(["GET", "POST"])
@never_cache
@permission_required("manage_channels")
def channel_edit(request, channel_id: int):
    """One channel with its latest deliveries."""
    channel = the_channel(request, channel_id)
    before = _described(channel)
    form = form_of(request, channel)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        channel = form.save(commit=False)
        seal(channel, given["url"] or None, given["secret"] or None)
        channel.save()
        replaced = [name for name in ("url", "secret") if given[name]]
        record(request, "channel_changed", channel, replaced=replaced, **changes(before, _described(channel)))
        messages.success(request, gettext("Channel saved."))
        return redirect("channel_edit", request.organization.slug, channel.pk)
    return render(request, "team/channel_edit.html", page_of(request, channel, form))


def page_of(request, channel: Channel, form: ChannelForm | None = None) -> dict:
    """The context of team/channel_edit.html for a channel there is."""
    deliveries = list(Delivery.objects.filter(channel=channel)[:SHOWN_DELIVERIES])
    for delivery in deliveries:
        delivery.words = words(delivery.text, delivery.params)
        delivery.error = error_in_words(delivery.last_error)
    return {
        "form": form or ChannelForm(None, instance=channel, languages=settings.LANGUAGES),
        "channel": channel,
        "host": shown_address(channel),
        "deliveries": deliveries,
        "under_way": any(d.next_try_at and not d.last_error for d in deliveries),
        "given_up": any(not d.delivered_at and not d.next_try_at for d in deliveries),
    }


def _described(channel: Channel) -> dict:
    """What the audit trail says of a channel: nothing that opens it."""
    return {
        "name": channel.name, "server": shown_address(channel), "kinds": list(channel.kinds),
        "language": channel.language, "active": channel.active,
    }  # fmt: skip


@require_GET
@permission_required("manage_channels")
def channel_deliveries(request, channel_id: int):
    """The latest deliveries, for the page to look again while one is under way."""
    return render(
        request, "team/_channel_deliveries.html", page_of(request, the_channel(request, channel_id))
    )


@require_POST
@permission_required("manage_channels")
def test_channel(request, channel_id: int):
    """Have a test sent; the page shows what becomes of it."""
    channel = the_channel(request, channel_id)
    if not channel.active:
        messages.warning(request, gettext("The channel is not in use: nothing is sent to it."))
    else:
        send_test(channel, timezone.now())
        record(request, "channel_tested", channel)
        _deliver_soon(request)
    return redirect("channel_edit", request.organization.slug, channel.pk)


@require_POST
@permission_required("manage_channels")
def retry_deliveries(request, channel_id: int):
    """Try again what was given up."""
    channel = the_channel(request, channel_id)
    count = try_again(Delivery.objects.filter(channel=channel), timezone.now())
    if count:
        said = ngettext("%(count)s message is tried again.", "%(count)s messages are tried again.", count)
        messages.success(request, said % {"count": count})
        _deliver_soon(request)
    return redirect("channel_edit", request.organization.slug, channel.pk)


@require_POST
@permission_required("manage_channels")
def delete_channel(request, channel_id: int):
    """The channel, its secret and its deliveries go."""
    channel = the_channel(request, channel_id)
    record(request, "channel_deleted", channel)
    channel.delete()
    messages.success(request, gettext("Channel deleted."))
    return redirect("channel_list", request.organization.slug)


def _deliver_soon(request) -> None:
    """As soon as it is stored; if the broker is away, the next beat finds it."""
    number = request.organization.pk
    transaction.on_commit(lambda: tell_organization.delay(number), robust=True)

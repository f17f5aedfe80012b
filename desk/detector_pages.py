"""How detectors work: which ones, with which figures, in all stores or in one."""

from django import forms
from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_http_methods

from desk.detecting import look_again
from desk.detector import Detector
from desk.detectors import BY_FACTS
from desk.models import DetectorSetting
from stores.forms import StyledForm, posted
from stores.models import Store
from stores.settings_text import hour_of, time_of
from tenants.access import permission_required

LARGEST = 1_000_000


class DetectorForm(StyledForm):
    """One detector's switch and figures. own: whether a store has a setting of its own."""

    def __init__(self, *args, detector: Detector, of_store: bool, **kwargs):
        super().__init__(*args, **kwargs)
        self.detector = detector
        if of_store:
            self.fields["own"] = forms.BooleanField(
                label=_("This store has a setting of its own"), required=False
            )
        self.fields["enabled"] = forms.BooleanField(label=_("On"), required=False)
        field: forms.Field
        for name, option in detector.options.items():
            if option.clock:
                field = forms.CharField(label=gettext(option.label), max_length=5)
                self.initial[name] = time_of(self.initial[name])
            elif isinstance(option.default, int):
                field = forms.IntegerField(label=gettext(option.label), min_value=0, max_value=LARGEST)
            else:
                field = forms.CharField(label=gettext(option.label), required=False, max_length=500)
            self.fields[name] = field

    def clean(self):
        told = super().clean()
        for name, option in self.detector.options.items():
            if option.clock and name in told:
                try:
                    told[name] = hour_of(told[name])
                except forms.ValidationError as wrong:
                    self.add_error(name, wrong)
        return told

    def options(self) -> dict[str, int | str]:
        """Those that differ from the default."""
        told = {name: self.cleaned_data[name] for name in self.detector.options}
        return {name: value for name, value in told.items() if value != self.detector.options[name].default}


def _chosen_store(request) -> Store | None:
    code = request.GET.get("store")
    stores = Store.objects.open_to(request.membership)
    if not code and request.membership.store_ids:
        # Who may see some stores only sets nothing for all.
        return get_object_or_404(stores[:1])
    return get_object_or_404(stores, code=code) if code else None


@require_GET
@permission_required("see_follow_ups", change="set_detectors")
def detector_list(request):
    """Every detector with its figures in the chosen store, or in all that have none of their own."""
    store = _chosen_store(request)
    rows = {(row.detector, row.store_id): row for row in DetectorSetting.objects.all()}
    stores = list(Store.objects.open_to(request.membership))
    listed = []
    for name, detector in BY_FACTS.items():
        own = rows.get((name, store.pk)) if store else None
        held = own or rows.get((name, None))
        told = detector.defaults() | (held.options if held else {})
        listed.append(
            {
                "name": name,
                "label": gettext(detector.label),
                "enabled": held.enabled if held else detector.enabled,
                "own": own is not None,
                "options": [
                    (gettext(option.label), time_of(told[key]) if option.clock else told[key])
                    for key, option in detector.options.items()
                ],
                "elsewhere": sum((name, one.pk) in rows for one in stores),
            }
        )
    limited = bool(request.membership.store_ids)
    context = {"detectors": listed, "stores": stores, "store": store, "limited": limited}
    return render(request, "desk/detector_list.html", context)


@require_http_methods(["GET", "POST"])
@permission_required("see_follow_ups", change="set_detectors")
def detector_edit(request, detector: str):
    """Set one detector for a store (?store=CODE) or for all that have no setting of their own."""
    known = BY_FACTS.get(detector)
    store = _chosen_store(request)
    if known is None:
        return redirect("detector_list", request.organization.slug)
    held = DetectorSetting.objects.filter(store=store, detector=detector).first()
    shown = held or DetectorSetting.objects.filter(store=None, detector=detector).first()
    initial = known.defaults() | (shown.options if shown else {})
    initial |= {"enabled": shown.enabled if shown else known.enabled, "own": bool(store and held)}
    form = DetectorForm(posted(request), detector=known, of_store=store is not None, initial=initial)
    if request.method == "POST" and form.is_valid():
        _save(request, known, store, form)
        messages.success(request, gettext("Saved. The lists follow within a minute."))
        answer = redirect("detector_list", request.organization.slug)
        answer["Location"] += f"?store={store.code}" if store else ""
        return answer
    context = {
        "form": form,
        "store": store,
        "label": gettext(known.label),
        "sentence": gettext(known.sentence),
    }
    return render(request, "desk/detector_edit.html", context)


def _save(request, detector: Detector, store: Store | None, form: DetectorForm) -> None:
    rows = DetectorSetting.objects.filter(store=store, detector=detector.name)
    if store is not None and not form.cleaned_data["own"]:
        rows.delete()
    else:
        DetectorSetting.objects.update_or_create(
            organization=request.organization,
            store=store,
            detector=detector.name,
            defaults={"enabled": form.cleaned_data["enabled"], "options": form.options()},
        )
    look_again([store] if store else list(Store.objects.all()))

"""Writing scripts: the table with what came of each, one script with its earlier wordings, folders, files."""

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Q, QuerySet
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import get_language, gettext, ngettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from conversations.script_models import Script, ScriptFolder
from conversations.script_sheets import COLUMNS, MOST_BYTES, lines_of, read_scripts
from conversations.script_start import start_with
from conversations.scripts import PLACES, narrowed, pieces, save_script, unknown_places
from desk.script_figures import Figures, figures_of
from desk.script_pages import Occasion
from kpis.exports import CONTENT_TYPES, Sheet, file_answer
from stores.forms import StyledForm, posted
from stores.models import Platform, Store
from tenants.access import permission_required
from tenants.history_page import kinds

ROWS_PER_PAGE = 50
MOST_VERSIONS = 20


def editable(membership) -> QuerySet[Script]:
    """The scripts this member may change: those of their stores and of all stores, in use or not."""
    stores = Store.objects.open_to(membership)
    return Script.objects.filter(Q(folder__store=None) | Q(folder__store__in=stores)).select_related(
        "folder__store"
    )


def folders_open_to(membership) -> QuerySet[ScriptFolder]:
    """The folders of this member's stores and of all stores."""
    return ScriptFolder.objects.filter(Q(store=None) | Q(store__in=Store.objects.open_to(membership)))


class ScriptForm(StyledForm, forms.ModelForm):
    class Meta:
        model = Script
        fields = ("folder", "title", "text", "active")
        labels = {"folder": _("Folder"), "title": _("Title"), "text": _("Text"), "active": _("In use")}
        widgets = {"text": forms.Textarea(attrs={"rows": 7})}

    def __init__(self, *args, folders: QuerySet[ScriptFolder], **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["folder"].queryset = folders
        self.fields["folder"].empty_label = None

    def clean_text(self):
        text = self.cleaned_data["text"]
        if names := unknown_places(text):
            raise forms.ValidationError(_("Nothing stands for {%(name)s}."), params={"name": names[0]})
        return text

    def clean(self):
        values = super().clean()
        same = Script.objects.filter(folder=values.get("folder"), title=values.get("title"))
        if same.exclude(pk=self.instance.pk).exists():
            self.add_error("title", _("This folder has a script of that title already."))
        return values


class FolderForm(StyledForm, forms.ModelForm):
    """A folder and where it applies."""

    platform = forms.ChoiceField(
        label=_("Platform"), required=False, choices=[("", _("All platforms")), *Platform.choices]
    )

    class Meta:
        model = ScriptFolder
        fields = ("name", "store", "platform", "situation")
        labels = {"name": _("Name"), "store": _("Store"), "situation": _("Situation")}
        help_texts = {"situation": _("For example pre-sale, after-sale, invoice.")}

    def __init__(self, *args, stores: QuerySet[Store], **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["store"].queryset = stores
        self.fields["store"].empty_label = _("All stores")

    def clean(self):
        values = super().clean()
        same = ScriptFolder.objects.filter(**{name: values.get(name) for name in self.Meta.fields})
        if not self.errors and same.exclude(pk=self.instance.pk).exists():
            self.add_error("name", _("There is such a folder already."))
        return values


@require_GET
@permission_required("edit_scripts")
def script_table(request):
    """All scripts one may change, with their uses and what came of them; ?file= gives them out to be read again."""
    scripts = editable(request.membership)
    if request.GET.get("file") in CONTENT_TYPES:
        lines = lines_of(scripts.filter(active=True).order_by("folder__name", "title", "pk"))
        return file_answer(request, Sheet(COLUMNS, lines), request.GET["file"], "scripts")
    asked = request.GET.get("q", "").strip()[:100]
    page = Paginator(narrowed(scripts, asked), ROWS_PER_PAGE).get_page(request.GET.get("page"))
    figures = figures_of([script.pk for script in page.object_list], timezone.now())
    rows = [{"script": one, "figures": figures.get(one.pk, Figures())} for one in page.object_list]
    context = {
        "page": page,
        "rows": rows,
        "q": asked,
        "folders": folders_open_to(request.membership).select_related("store"),
    }
    return render(request, "desk/script_table.html", context)


@require_http_methods(["GET", "POST"])
@permission_required("edit_scripts")
def script_new(request):
    """A new script; ?folder= chooses where."""
    script = Script(organization=request.organization)
    return _edited(request, script, {"folder": request.GET.get("folder", "")})


@require_http_methods(["GET", "POST"])
@permission_required("edit_scripts")
def script_edit(request, script_id: int):
    """One script, how its text reads when filled, and its earlier wordings."""
    return _edited(request, get_object_or_404(editable(request.membership), pk=script_id), {})


def _edited(request, script: Script, initial: dict):
    folders = folders_open_to(request.membership)
    form = ScriptForm(posted(request), instance=script, folders=folders, initial=initial)
    if request.method == "POST" and form.is_valid():
        save_script(form.save(commit=False))
        messages.success(request, gettext("Saved."))
        return redirect("script_table", request.organization.slug)
    text = form["text"].value() or ""
    context = {
        "form": form, "script": script, "places": PLACES.items(), "pieces": pieces(text, _example(request)),
        "versions": _versions(script), "no_folder": not folders.exists(),
    }  # fmt: skip
    return render(request, "desk/script_edit.html", context)


def _versions(script: Script) -> list[dict]:
    """[{at, who, title, text, active}] of the script's wordings, newest first, as the database keeps them."""
    if script.pk is None:
        return []
    events = kinds()["script"].objects.filter(pgh_obj_id=script.pk).order_by("-pgh_id")[:MOST_VERSIONS]
    return [
        {
            "at": event.pgh_created_at,
            "who": (event.pgh_context or {}).get("who", ""),
            "title": event.title,
            "text": event.text,
            "active": event.active,
        }
        for event in events
    ]


def _example(request) -> dict[str, str | None]:
    """What a preview puts in the places: one's own name and first store, and made-up ones."""
    store = Store.objects.open_to(request.membership).first()
    values = Occasion(store=store, agent=request.user.name).values()
    return values | {
        "buyer": pgettext_lazy("an example of a buyer's name", "Buyer A"),
        "order": "3300001234567890",
        "courier": pgettext_lazy("an example of a courier", "SF Express"),
        "tracking_no": "SF1234567890",
    }


@require_POST
@permission_required("edit_scripts")
def script_preview(request):
    """How a text being written reads when its places are filled: a fragment."""
    text = request.POST.get("text", "")[:2000]
    context = {"pieces": pieces(text, _example(request)), "unknown": unknown_places(text)}
    return render(request, "desk/_script_preview.html", context)


@require_http_methods(["GET", "POST"])
@permission_required("edit_scripts")
def script_folder_new(request):
    """A new folder."""
    return _folder_edited(request, ScriptFolder(organization=request.organization))


@require_http_methods(["GET", "POST"])
@permission_required("edit_scripts")
def script_folder(request, folder_id: int):
    """One folder: its name and where it applies."""
    return _folder_edited(request, get_object_or_404(folders_open_to(request.membership), pk=folder_id))


def _folder_edited(request, folder: ScriptFolder):
    form = FolderForm(posted(request), instance=folder, stores=Store.objects.open_to(request.membership))
    if request.method == "POST" and form.is_valid():
        form.save()
        messages.success(request, gettext("Saved."))
        return redirect("script_table", request.organization.slug)
    return render(request, "desk/script_folder.html", {"form": form, "folder": folder})


class SheetForm(StyledForm):
    file = forms.FileField(label=_("XLSX file"), widget=forms.ClearableFileInput(attrs={"accept": ".xlsx"}))

    def clean_file(self):
        if self.cleaned_data["file"].size > MOST_BYTES:
            raise forms.ValidationError(_("The file is larger than 2 MB."))
        return self.cleaned_data["file"]


@require_http_methods(["GET", "POST"])
@permission_required("edit_scripts")
def script_import(request):
    """Scripts from a spreadsheet: right rows are taken, the others told by row and column."""
    form = SheetForm(posted(request), request.FILES if request.method == "POST" else None)
    outcome = None
    if request.method == "POST" and form.is_valid():
        stores = Store.objects.open_to(request.membership)
        try:
            outcome = read_scripts(request.organization.pk, stores, form.cleaned_data["file"].read())
        except ValueError as refused:
            form.add_error("file", str(refused))
    return render(request, "desk/script_import.html", {"form": form, "outcome": outcome, "columns": COLUMNS})


@require_POST
@permission_required("edit_scripts")
def script_start(request):
    """Add the scripts to start with, in the reader's language; twice adds nothing."""
    added = start_with(request.organization.pk, get_language() or "en")
    words = ngettext("%(n)s script was added.", "%(n)s scripts were added.", added)
    messages.success(request, words % {"n": added})
    return redirect("script_table", request.organization.slug)

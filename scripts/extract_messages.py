"""Find every text that is to be translated, and bring the .po files up to it: `extract_messages.py`.

Babel reads the Python files, Django's own `templatize` turns templates into what Babel reads; gettext's programs
are not needed. What is no longer used is dropped; what is new stays empty until somebody translates it.
"""

import io
import re
from collections.abc import Iterator
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract
from babel.messages.pofile import read_po, write_po
from django.utils.translation.template import templatize

ROOT = Path(__file__).resolve().parent.parent
LOCALES = ("zh_Hans", "zh_Hant")
ROOMS = (
    "config", "conversations", "desk", "intake", "kpis", "orders", "payroll", "policies", "stores", "team", "tenants",
)  # fmt: skip
HEADER = """\
# Kefudesk in {locale}; brought up to date by scripts/extract_messages.py.
msgid ""
msgstr ""
"Project-Id-Version: Kefudesk\\n"
"Language: {locale}\\n"
"Plural-Forms: nplurals=1; plural=0;\\n"
"MIME-Version: 1.0\\n"
"Content-Type: text/plain; charset=utf-8\\n"
"Content-Transfer-Encoding: 8bit\\n"

"""
KEYWORDS = {
    "_": None,
    "gettext": None,
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
}


def _sources() -> Iterator[tuple[Path, bytes]]:
    for room in ROOMS:
        for path in sorted((ROOT / room).rglob("*.py")):
            if "migrations" not in path.parts:
                yield path, path.read_bytes()
    for path in sorted((ROOT / "templates").rglob("*")):
        if path.suffix in (".html", ".txt"):
            yield path, _as_python(path).encode()


def _as_python(path: Path) -> str:
    """A template as lines that the Python extractor can read: calls of gettext between rows of X."""
    text = templatize(path.read_text("utf-8"), origin=str(path))
    calls = re.findall(r"(?:n?p?gettext|_)\((?:[^()\"']|\"(?:\\.|[^\"\\])*\"|'(?:\\.|[^'\\])*')*\)", text)
    return "\n".join(" ".join(call.split("\n")) for call in calls)


def wanted_messages() -> Catalog:
    """Every message of the product. A message's locations are its files, without line numbers: they change daily."""
    catalog = Catalog(project="Kefudesk", charset="utf-8")
    for path, source in _sources():
        for _line, message, _comments, context in extract("python", io.BytesIO(source), KEYWORDS):
            singular = message[0] if isinstance(message, tuple) else message
            if singular:
                catalog.add(message, context=context, locations=[(path.relative_to(ROOT).as_posix(), None)])
    return catalog


def catalog_path(locale: str) -> Path:
    return ROOT / "locale" / locale / "LC_MESSAGES" / "django.po"


def read_catalog(locale: str) -> Catalog:
    with catalog_path(locale).open("rb") as file:
        return read_po(file, locale=locale)


def write_catalog(locale: str, catalog: Catalog) -> None:
    """Write the .po with a header of our own: Babel's holds the time, which would differ at every run."""
    path = catalog_path(locale)
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as file:
        file.write(HEADER.format(locale=locale).encode())
        write_po(file, catalog, omit_header=True, include_lineno=False, width=110)


def bring_up_to_date(locale: str) -> int:
    """Write the locale's .po anew with what is translated already; how many messages still are not."""
    path = catalog_path(locale)
    wanted = wanted_messages()
    known = read_catalog(locale) if path.exists() else Catalog(locale=locale)
    fresh = Catalog(locale=locale, project="Kefudesk", charset="utf-8", fuzzy=False)
    missing = 0
    for message in sorted(wanted, key=lambda message: (str(message.id), message.context or "")):
        if not message.id:
            continue
        old = known.get(message.id, message.context)
        translated = old.string if old and not old.fuzzy else ""
        if message.pluralizable and not isinstance(translated, (tuple, list)):
            translated = (translated,) if translated else ("",)
        missing += not (any(translated) if isinstance(translated, (tuple, list)) else translated)
        fresh.add(
            message.id,
            translated,
            locations=sorted(set(message.locations)),
            flags=message.flags,
            context=message.context,
        )
    write_catalog(locale, fresh)
    return missing


if __name__ == "__main__":
    for name in LOCALES:
        print(f"{name}: {bring_up_to_date(name)} messages are not translated")

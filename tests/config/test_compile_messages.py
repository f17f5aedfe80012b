"""scripts/compile_messages.py: .po to .mo without gettext's programs."""

import gettext
import os

import pytest

from scripts.compile_messages import compile_newer

CATALOG = """
msgid ""
msgstr "Content-Type: text/plain; charset=UTF-8\\n"

msgid "%(count)s buyers"
msgstr "{translation}"

#, fuzzy
msgid "Orders"
msgstr "猜的"
"""


@pytest.fixture
def catalog(tmp_path):
    path = tmp_path / "zh_Hans" / "LC_MESSAGES" / "django.po"
    path.parent.mkdir(parents=True)
    path.write_text(CATALOG.format(translation="%(count)s 位买家"))
    return path


def test_a_translation_is_found_and_a_guess_is_left_out(tmp_path, catalog):
    assert compile_newer(tmp_path) == [catalog.with_suffix(".mo")]
    with catalog.with_suffix(".mo").open("rb") as handle:
        translations = gettext.GNUTranslations(handle)
    assert translations.gettext("%(count)s buyers") == "%(count)s 位买家"
    assert translations.gettext("Orders") == "Orders"


def test_only_what_changed_is_compiled_again(tmp_path, catalog):
    compile_newer(tmp_path)
    assert compile_newer(tmp_path) == []
    later = catalog.with_suffix(".mo").stat().st_mtime + 1
    os.utime(catalog, (later, later))
    assert compile_newer(tmp_path) == [catalog.with_suffix(".mo")]


def test_a_placeholder_lost_in_translation_is_refused_with_its_line(tmp_path, catalog):
    catalog.write_text(
        CATALOG.format(translation="%(number)s 位买家").replace('msgid "%', '#, python-format\nmsgid "%')
    )
    with pytest.raises(SystemExit, match=r"django\.po:\d+: "):
        compile_newer(tmp_path)


def test_no_catalogs_are_no_error(tmp_path):
    assert compile_newer(tmp_path) == []

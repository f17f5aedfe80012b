"""Compile each .po under a directory to the .mo beside it, where it is newer: `compile_messages.py locale`.

Babel does it, which is installed anyway; Django's compilemessages needs gettext's programs on the machine.
"""

import sys
from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po


def compile_newer(locale_dir: Path) -> list[Path]:
    """Write the .mo of every .po changed since, leaving out fuzzy entries; the .mo files written.

    Raises SystemExit naming the entries whose placeholders differ from the message's.
    """
    written = []
    for source in sorted(locale_dir.glob("*/LC_MESSAGES/*.po")):
        target = source.with_suffix(".mo")
        if target.exists() and target.stat().st_mtime >= source.stat().st_mtime:
            continue
        with source.open("rb") as handle:
            catalog = read_po(handle, locale=source.parent.parent.name)
        wrong = [
            f"{source}:{message.lineno}: {error}" for message, errors in catalog.check() for error in errors
        ]
        if wrong:
            raise SystemExit("\n".join(wrong))
        # A half-written file would be taken for the finished one by its time.
        draft = target.with_suffix(".mo.new")
        with draft.open("wb") as handle:
            write_mo(handle, catalog)
        draft.replace(target)
        written.append(target)
    return written


if __name__ == "__main__":
    for path in compile_newer(Path(sys.argv[1])):
        print(f"setup: compiled {path}")

"""Text that goes into a file people open in a spreadsheet program."""

# East Asian versions of Excel take the full-width signs for the plain ones.
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def escaped(text: str) -> str:
    """The same text, with an apostrophe in front where a spreadsheet program would run it as a formula."""
    return f"'{text}" if text.startswith(_FORMULA_STARTS) else text

"""Everything the library of rules has: about chats, of the platforms, and the house's fines."""

from policies.fine_library import ENTRIES as FINES
from policies.rule_library import ENTRIES
from policies.rule_versions import Entry

LIBRARY: list[Entry] = [*ENTRIES, *FINES]

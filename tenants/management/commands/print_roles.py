"""`print_roles > docs/roles.md`: what each role may do, from the table the program itself asks."""

from django.core.management.base import BaseCommand, no_translations
from django.utils import translation

from tenants.models import Organization, Role
from tenants.permissions import PERMISSIONS

HEAD = """# What each role may do

Made by `manage.py print_roles` from `tenants/permissions.py`, the table that pages, API and templates ask.
A member may be limited to some stores: then all of this holds within them.
"""


class Command(BaseCommand):
    help = "Prints docs/roles.md: each permission and the roles that have it."

    @no_translations
    def handle(self, **options):
        self.stdout.write(roles_page(), ending="")


@translation.override("en")
def roles_page() -> str:
    """The page as Markdown, with a line end at its end."""
    head = ["permission", "what it allows", *(role.label for role in Role)]
    lines = [_line(head), _line(["---"] * len(head))]
    switches = {}
    for name, permission in PERMISSIONS.items():
        marks = []
        for role in Role:
            switch = permission.opened_by.get(role)
            marks.append("yes" if role in permission.roles else "if opened" if switch else "")
            if switch:
                switches[switch] = Organization._meta.get_field(switch).verbose_name
        lines.append(_line([f"`{name}`", permission.meaning, *marks]))
    notes = [
        f"\n“If opened”: where the organization has `{key}` on ({words}).\n"
        for key, words in switches.items()
    ]
    return HEAD + "\n" + "\n".join(lines) + "\n" + "".join(notes)


def _line(cells: list[str]) -> str:
    return f"| {' | '.join(str(cell) for cell in cells)} |"

"""Models whose every change the database itself keeps, by trigger, whoever made it and by whatever way."""

import json

import pghistory
import pgtrigger
from django.db.models import Model

from tenants.origin import client_address


def kept_history(model: type[Model]) -> type[Model]:
    """Class decorator: a table `<model>event` takes a copy of each row inserted, changed (as it became) or deleted.

    It is the organization's, like the model's own; its migration must `protect` it and make it `append_only`.
    pgh_label: "insert", "update" or "delete"; pgh_context: what `acting` said, None outside a request.
    """
    return pghistory.track(
        pghistory.InsertEvent(),
        pghistory.UpdateEvent(),
        pghistory.DeleteEvent(),
        obj_field=pghistory.ObjForeignKey(related_name="+", db_index=False),
        context_field=pghistory.ContextJSONField(),
        level=pgtrigger.Row,
        meta={"ordering": ("pgh_id",)},
    )(model)


def acting(request) -> str:
    """Who is behind what this request changes, as `organization_scope` hands it to the triggers."""
    who = {"user_id": request.user.pk, "who": request.user.email, "address": client_address(request)}
    return json.dumps(who)

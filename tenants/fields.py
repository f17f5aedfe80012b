"""Column kinds that tables of many rows share."""

from django.db import models


class OrganizationKey(models.ForeignKey):
    """`organization_id` of a protected table. Row-level security compares it on every write, so a foreign key
    check per row would only cost time; unique keys and indexes begin with it, so it needs no index of its own."""

    def __init__(self, **kwargs):
        kwargs.update(
            to="tenants.Organization",
            on_delete=models.DO_NOTHING,
            db_constraint=False,
            db_index=False,
            related_name="+",
        )
        super().__init__(**kwargs)


class LooseKey(models.ForeignKey):
    """A foreign key of a bulk-loaded table: the loader resolves it in the same transaction, unchecked per row."""

    def __init__(self, to, **kwargs):
        kwargs.setdefault("related_name", "+")
        kwargs.update(on_delete=models.DO_NOTHING, db_constraint=False)
        kwargs.setdefault("db_index", False)
        super().__init__(to, **kwargs)


class CodePointField(models.TextField):
    """Text ordered and compared by code point, whatever the database's locale."""

    def __init__(self, **kwargs):
        kwargs["db_collation"] = "C"
        super().__init__(**kwargs)


class CurrentTransaction(models.Func):
    """The number of the writing transaction; grows for ever within one database cluster."""

    template = "(pg_current_xact_id()::text::bigint)"
    output_field = models.BigIntegerField()

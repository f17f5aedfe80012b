"""The ingest API: rows a connector sends, taken like a file's, good ones kept whatever the others are."""

from django.db import transaction
from django.http import Http404
from django.utils.translation import gettext
from django.utils.translation import gettext_noop as _
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.utils import OpenApiTypes, extend_schema
from rest_framework import status
from rest_framework.authentication import BaseAuthentication, SessionAuthentication
from rest_framework.decorators import api_view, authentication_classes, permission_classes
from rest_framework.exceptions import APIException, PermissionDenied
from rest_framework.permissions import BasePermission
from rest_framework.request import Request
from rest_framework.response import Response

from intake.json_rows import MOST_ROWS, parse_rows, rows_of
from intake.load import completed, write_records
from intake.models import COUNTED
from intake.refusals import explain, printable
from intake.tasks import queue_refresh
from stores.models import Store
from stores.platforms.cells import CellRefused, Clock
from stores.platforms.columns import TableFormat
from stores.platforms.neutral import FORMATS
from stores.platforms.records import FileRefused
from tenants.audit import record
from tenants.permissions import allowed

MAX_BODY_BYTES = 8 * 1024**2
_NEUTRAL = {found.kind: found for found in FORMATS}


class TooLarge(APIException):
    status_code = status.HTTP_413_REQUEST_ENTITY_TOO_LARGE


class BadRequest(APIException):
    status_code = status.HTTP_400_BAD_REQUEST


class ShownKey(BaseAuthentication):
    """The API key the middleware has already found; a key names a store, not a person."""

    def authenticate(self, request: Request):
        key = request._request.api_key
        return (request._request.user, key) if key else None


class ShownKeyScheme(OpenApiAuthenticationExtension):
    """How the OpenAPI document calls it."""

    target_class = ShownKey
    name = "apiKey"

    def get_security_definition(self, auto_schema) -> dict:
        return {"type": "http", "scheme": "bearer"}


class MayFeed(BasePermission):
    """A connector with its key, or a signed-in supervisor or owner."""

    def has_permission(self, request: Request, view) -> bool:
        plain = request._request
        return bool(plain.api_key or allowed(plain.membership, "import_files"))


def _ingest(kind: str, name: str):
    """The view that takes rows of one kind."""

    @extend_schema(operation_id=name, request=OpenApiTypes.OBJECT, responses=OpenApiTypes.OBJECT)
    @api_view(["POST"])
    @authentication_classes([ShownKey, SessionAuthentication])
    @permission_classes([MayFeed])
    def ingest(request: Request, code: str) -> Response:
        """Take up to 5,000 rows of one store; the same rows again change nothing."""
        store = store_of(request, code)
        if int(request._request.META.get("CONTENT_LENGTH") or 0) > MAX_BODY_BYTES:
            raise _too_large()
        # Read as it was sent and no further than allowed, whatever the request says of its kind and length.
        body = request._request.read(MAX_BODY_BYTES + 1)
        taken = take_rows(store, body, _NEUTRAL[kind])
        counts = {name: taken[name] for name in COUNTED if name != "rejected"} | {
            "rejected": len(taken["rejected"])
        }
        record(request._request, "imported", "API", store=store.code, counts={kind: counts})
        return Response(taken)

    ingest.takes_api_keys = True
    ingest.__name__ = name
    return ingest


ingest_messages = _ingest("messages", "ingest_messages")
ingest_orders = _ingest("orders", "ingest_orders")


def take_rows(store: Store, body: bytes, found: TableFormat) -> dict:
    """Write rows: {"read", "new", "changed", "unchanged", "rejected": [{"row", "column", "reason"}]}.

    Errors: BadRequest, TooLarge.
    """
    if len(body) > MAX_BODY_BYTES:
        raise _too_large()
    try:
        rows, as_of = rows_of(body)
        if len(rows) > MOST_ROWS:
            raise TooLarge(
                explain(_("a request holds at most %(limit)s rows: send several"), {"limit": MOST_ROWS})
            )
        at = Clock(store.time_zone).instant(as_of)
        parsed = list(completed(parse_rows(rows, found, store.parser_settings())))
        counts, refusals = write_records(store, parsed, at, found.kind)
    except (FileRefused, CellRefused) as refused:
        raise BadRequest(explain(refused.message, refused.params)) from refused
    transaction.on_commit(lambda: queue_refresh(store.organization_id), robust=True)
    written = counts.get(found.kind, dict.fromkeys(COUNTED, 0))
    rejected = [
        {
            "row": refusal.row,
            "column": refusal.column,
            "reason": printable(explain(refusal.message, refusal.params)),
        }
        for refusal in refusals
    ]
    taken = {name: written[name] for name in ("new", "changed", "unchanged")}
    return {"read": len(rows), **taken, "rejected": rejected}


def store_of(request: Request, code: str) -> Store:
    """The store an API key is for, or one the member may see. Raises Http404, PermissionDenied for another key’s."""
    plain = request._request
    if plain.api_key:
        store = Store.objects.filter(pk=plain.api_key.store_id, code=code).first()
        if store is None:
            raise PermissionDenied(gettext("this API key belongs to another store"))
        return store
    store = Store.objects.open_to(plain.membership).filter(code=code).first()
    if store is None:
        raise Http404
    return store


def _too_large() -> TooLarge:
    return TooLarge(
        explain(_("a request holds at most %(limit)s MB: send several"), {"limit": MAX_BODY_BYTES // 1024**2})
    )

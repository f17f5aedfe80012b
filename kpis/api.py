"""The read-only API of figures: the pages' query functions and role limits, as JSON; money is text.

Signed in by session. A wrong parameter is an error here, not left out as on a page.
"""

from decimal import Decimal
from operator import attrgetter

from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import get_object_or_404
from drf_spectacular.utils import OpenApiParameter, OpenApiTypes, extend_schema
from rest_framework import serializers
from rest_framework.decorators import api_view, permission_classes
from rest_framework.exceptions import ValidationError
from rest_framework.permissions import BasePermission
from rest_framework.request import Request
from rest_framework.response import Response

from kpis.explain import explain_order
from kpis.figures import COUNTS, GROUPINGS, agent_names, agent_rows
from kpis.forms import Filters, read_filters
from kpis.lost_page import LENGTHS, WENT, LostPage
from kpis.models import STORE
from kpis.order_page import may_see_order
from kpis.positions import positions_in
from kpis.rows import MONEY, Row
from kpis.tables import PAGE_ROWS
from orders.models import Order
from stores.models import Store
from tenants.audit import record_export
from tenants.permissions import allowed

RATES = (
    "sales_share", "silent_share", "conversion_same_day", "conversion_final", "reply_rate", "qa_ratio",
    "average_response_seconds", "average_first_response_seconds", "three_minute_rate", "refund_rate",
    "refund_rate_amount", "refund_rate_items", "refund_rate_event", "items_per_buyer",
    "satisfaction", "invited_rate", "rated_rate",
)  # fmt: skip
MONEY_FIELDS = (*MONEY, "store_paid_amount", "amount_per_buyer", "amount_per_item")
FILTERS = [
    OpenApiParameter("period", enum=["today", "7days", "month", "last_month", "custom"]),
    OpenApiParameter("since", OpenApiTypes.DATE, description="first business day, with `until`"),
    OpenApiParameter("until", OpenApiTypes.DATE, description="last business day, included"),
    OpenApiParameter(
        "store", OpenApiTypes.STR, many=True, description="store codes; all that are open if left out"
    ),
    OpenApiParameter("agent", OpenApiTypes.INT, many=True, description="agent ids; everybody if left out"),
    OpenApiParameter(
        "rule", enum=["order", "order_first", "payment"], description="what if this rule judged"
    ),
]


class IsMember(BasePermission):
    """The middleware has answered everybody else with 404 already."""

    def has_permission(self, request: Request, view) -> bool:
        return request._request.membership is not None


class IsLead(IsMember):
    def has_permission(self, request: Request, view) -> bool:
        return allowed(request._request.membership, "see_store_figures")


class FigureSerializer(serializers.Serializer):
    """One kpis.figures.Row. Unknown is null; money is text in `currency`; rates are 0..1. Somebody who did after-sales
    only has no conversion: null."""

    def get_fields(self) -> dict[str, serializers.Field]:
        fields: dict[str, serializers.Field] = {
            "store": serializers.CharField(allow_null=True),
            "agent_id": serializers.IntegerField(help_text="-1: the stores themselves; 0: seats nobody held"),
            "agent": serializers.CharField(allow_null=True),
            "day": serializers.DateField(allow_null=True),
            "month": serializers.DateField(allow_null=True),
            "currency": serializers.CharField(),
            "converted": serializers.BooleanField(
                help_text="several currencies, converted into the organization's"
            ),
            "rule_version": serializers.CharField(),
            "maturity": serializers.ChoiceField(["provisional", "final"]),
            "same_day_maturity": serializers.ChoiceField(["provisional", "final"]),
        }
        fields |= {name: serializers.IntegerField() for name in COUNTS}
        for name in MONEY_FIELDS:
            fields[name] = serializers.DecimalField(18, 2, allow_null=True)
        fields |= {name: serializers.FloatField(allow_null=True) for name in RATES}
        return fields | {"percentiles": serializers.DictField(child=serializers.FloatField(allow_null=True))}

    def to_representation(self, row: Row) -> dict:
        """By hand: a year of days is thousands of rows, and the general way costs milliseconds for each."""
        told = {
            "store": self.context["codes"].get(row.store_id),
            "agent_id": row.agent_id,
            "agent": self.context["names"].get(row.agent_id),
            "day": row.day and row.day.isoformat(),
            "month": row.month and row.month.isoformat(),
            "currency": row.currency,
            "converted": row.converted,
            "rule_version": row.rule_version,
            "maturity": row.maturity,
            "same_day_maturity": row.same_day_maturity,
        }
        told.update(zip(COUNTS, _counts(row), strict=True))
        told.update(zip(MONEY_FIELDS, map(money_or_none, _money(row)), strict=True))
        told.update(zip(RATES, map(_rate_or_none, _rates(row)), strict=True))
        told["percentiles"] = {name: row.response_percentile(share) for name, share in PERCENTILES.items()}
        return told


PERCENTILES = {"p50": 0.5, "p90": 0.9, "p95": 0.95}
_counts, _money, _rates = attrgetter(*COUNTS), attrgetter(*MONEY_FIELDS), attrgetter(*RATES)


def money_or_none(amount) -> str | None:
    """An amount as text with two decimals, as money is written in JSON; None is unknown."""
    return None if amount is None else f"{Decimal(amount):.2f}"


def _rate_or_none(rate) -> float | None:
    return None if rate is None else float(rate)


class UnconvertedSerializer(serializers.Serializer):
    """One inquiry without a purchase through its agent. went_to: null nobody, "silent", else an agent's id."""

    store_code = serializers.CharField()
    agent_id = serializers.IntegerField()
    day = serializers.DateField()
    buyer = serializers.CharField()
    first_at = serializers.DateTimeField()
    last_at = serializers.DateTimeField()
    chat_seconds = serializers.IntegerField()
    in_messages = serializers.IntegerField()
    human_replies = serializers.IntegerField()
    unpaid_order = serializers.CharField(allow_null=True)
    unpaid_amount = serializers.DecimalField(18, 2, allow_null=True)
    currency = serializers.CharField()
    bought_order = serializers.CharField(allow_null=True)
    went_to = serializers.SerializerMethodField()
    is_final = serializers.BooleanField()

    def get_went_to(self, lost) -> str | None:
        return None if lost.went_to is None else str(lost.went_to)


class UnconvertedPageSerializer(serializers.Serializer):
    total = serializers.IntegerField()
    page = serializers.IntegerField()
    rows = UnconvertedSerializer(many=True)


def checked_filters(request: Request) -> Filters:
    """The page's filters; 400 for what a page would leave out, 404 where no store is open."""
    filters = read_filters(request._request)
    if filters.errors:
        raise ValidationError({"detail": filters.errors})
    if not filters.stores:
        raise Http404
    return filters


DAY_ROWS = 500  # a page of days: as many as are made into JSON within the time of a page


class FigurePageSerializer(serializers.Serializer):
    total = serializers.IntegerField()
    page = serializers.IntegerField()
    rows = FigureSerializer(many=True)


def figures(request: Request, default: str, groupings: tuple[str, ...]) -> list[dict]:
    """The rows by ?by=, one of `groupings`, ready to be told. An agent gets the own rows only."""
    rows, context = _figures(request, default, groupings)
    return FigureSerializer(rows, many=True, context=context).data


def page_of_figures(request: Request, default: str, groupings: tuple[str, ...]) -> dict:
    """As `figures`, DAY_ROWS at a time by ?page=."""
    number = request.query_params.get("page", "1")
    if not number.isdecimal() or int(number) < 1:
        raise ValidationError({"page": ["a number from 1 on"]})
    rows, context = _figures(request, default, groupings)
    first = (int(number) - 1) * DAY_ROWS
    told = {"total": len(rows), "page": int(number), "rows": rows[first : first + DAY_ROWS]}
    return FigurePageSerializer(told, context=context).data


def _figures(request: Request, default: str, groupings: tuple[str, ...]) -> tuple[list[Row], dict]:
    by = request.query_params.get("by", default)
    if by not in groupings:
        raise ValidationError({"by": [f"one of {', '.join(groupings)}"]})
    filters = checked_filters(request)
    rows = agent_rows(filters.query(), by)
    positions_in(filters.period).mark(rows)
    if not allowed(request._request.membership, "see_store_figures"):
        rows = [row for row in rows if row.agent_id != STORE]
    context = {"names": agent_names(), "codes": {store.pk: store.code for store in filters.stores}}
    return rows, context


def _by(*names: str) -> OpenApiParameter:
    return OpenApiParameter("by", enum=list(names))


@extend_schema(
    operation_id="agents",
    parameters=[*FILTERS, _by("person", "agent")],
    responses=FigureSerializer(many=True),
)
@api_view(["GET"])
@permission_classes([IsMember])
def agents(request: Request) -> Response:
    """Everybody's figures of the period, over all stores (`person`) or store by store (`agent`)."""
    return Response(figures(request, "person", ("person", "agent")))


DAYS = tuple(name for name in GROUPINGS if name in ("agent-day", "person-day", "person-month"))


@extend_schema(
    operation_id="days",
    parameters=[
        *FILTERS,
        _by(*DAYS),
        OpenApiParameter("page", OpenApiTypes.INT, description=f"{DAY_ROWS} rows a page"),
    ],
    responses=FigurePageSerializer,
)
@api_view(["GET"])
@permission_classes([IsMember])
def days(request: Request) -> Response:
    """Everybody's figures day by day (or month by month)."""
    return Response(page_of_figures(request, "agent-day", DAYS))


STORES = ("store", "store-day", "store-month")


@extend_schema(
    operation_id="stores", parameters=[*FILTERS, _by(*STORES)], responses=FigureSerializer(many=True)
)
@api_view(["GET"])
@permission_classes([IsLead])
def stores(request: Request) -> Response:
    """The stores' own rows: all their orders, whoever owns them."""
    return Response(figures(request, "store", STORES))


@extend_schema(
    operation_id="unconverted",
    parameters=[
        *FILTERS,
        OpenApiParameter("went", enum=list(WENT)),
        OpenApiParameter("length", enum=[key for key in LENGTHS if key]),
        OpenApiParameter("unpaid", OpenApiTypes.BOOL),
        OpenApiParameter("page", OpenApiTypes.INT, description=f"{PAGE_ROWS} rows a page"),
    ],
    responses=UnconvertedPageSerializer,
)
@api_view(["GET"])
@permission_classes([IsMember])
def unconverted(request: Request) -> Response:
    """Buyers who asked and did not buy. Rows about buyers are noted in the audit trail, as a file of them is."""
    page = LostPage(request._request, checked_filters(request))
    lines, total = page.lines(PAGE_ROWS, (page.page_number - 1) * PAGE_ROWS)
    chosen = {key: request.query_params.getlist(key) for key in request.query_params}
    record_export(request._request, "unconverted", "json", len(lines), chosen=chosen)
    told = {"total": total, "page": page.page_number, "rows": [line.inquiry for line in lines]}
    return Response(UnconvertedPageSerializer(told).data)


@extend_schema(operation_id="explanation", responses=OpenApiTypes.OBJECT)
@api_view(["GET"])
@permission_classes([IsMember])
def explanation(request: Request, code: str, order_id: str) -> Response:
    """Why an order is whose."""
    membership = request._request.membership
    store = get_object_or_404(Store.objects.open_to(membership), code=code)
    order = get_object_or_404(Order, store=store, order_id=order_id)
    if not may_see_order(membership, store, order):
        raise PermissionDenied
    return Response(explain_order(store, order.order_id))

"""How a store writes its remarks: the fields of the form, the text made of them, flags and limits of the platform.

The default is the format of the documents this product follows (《淘宝客服管理规定》 1.3 备注): 「格式為:姓名,尺寸(寬*高,
默認單位為米)圖案有無修改或定製,發貨時間,配送情況,特殊備註(好評返現,送基膜膠,顧客特殊要求等)」, with the example
「劉賀,3米*2.4米,圖案正常,12月19發貨,自提。送膠。」 and twenty minutes from the payment.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import date
from decimal import Decimal

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from orders.remark_models import RemarkFormat
from stores.models import Platform, Store

LATE_MINUTES = 20


class FieldKind(models.TextChoices):
    TEXT = "text", _("Short text")
    SIZE = "size", _("Size")
    DATE = "date", _("Date")
    CHOICE = "choice", _("Choice")
    LONG = "long", _("Long text")


@dataclass(frozen=True)
class RemarkField:
    """One field of the form.

    unit: of a size, what stands behind a length (米, cm); of a date its wording with {y}, {m}, {d}; unused elsewhere.
    choices: of a choice, what is offered. personal: a person's name, of which only the first letter is shown.
    """

    key: str
    label: str
    kind: str
    unit: str = ""
    required: bool = False
    choices: tuple[str, ...] = ()
    personal: bool = False


@dataclass(frozen=True)
class Format:
    """A store's way to write remarks. stored: whether the store has settings of its own, which makes late ones count."""

    fields: tuple[RemarkField, ...]
    flags: Mapping[str, str] = field(default_factory=dict)
    late_minutes: int = LATE_MINUTES
    stored: bool = False

    def of_kind(self, kind: str) -> list[RemarkField]:
        return [one for one in self.fields if one.kind == kind]


# The words go to the platform as they are, for whoever makes the goods: in the language of the store's market.
_WORDS = {
    "simplified": (
        "姓名", "尺寸", "图案/定制", "发货时间", "配送", "特殊备注", "米", "{m}月{d}日发货",
        ("图案正常", "图案有修改", "定制"), ("快递", "自提", "送货到楼下", "包送货安装"),
    ),
    "traditional": (
        "姓名", "尺寸", "圖案/訂製", "出貨時間", "配送", "特殊備註", "米", "{m}月{d}日出貨",
        ("圖案正常", "圖案有修改", "訂製"), ("宅配", "自取", "送到樓下", "含配送安裝"),
    ),
    "english": (
        "Name", "Size", "Pattern/custom", "Ship date", "Delivery", "Special notes", "m", "ships {y}-{m:02}-{d:02}",
        ("standard pattern", "changed pattern", "custom"), ("courier", "pick-up", "to the door", "delivery with installation"),
    ),
}  # fmt: skip


def default_fields(store: Store) -> tuple[RemarkField, ...]:
    """The documents' six fields in the language of the store's market."""
    market = "simplified"
    if store.platform in (Platform.SHOPEE, Platform.OTHER):
        market = (
            "traditional" if store.country in ("TW", "HK", "MO") or store.currency == "TWD" else "english"
        )
    name, size, pattern, ship, delivery, notes, unit, wording, patterns, ways = _WORDS[market]
    return (
        RemarkField("name", name, FieldKind.TEXT, required=True, personal=True),
        RemarkField("size", size, FieldKind.SIZE, unit, required=True),
        RemarkField("pattern", pattern, FieldKind.CHOICE, required=True, choices=patterns),
        RemarkField("ship_date", ship, FieldKind.DATE, wording, required=True),
        RemarkField("delivery", delivery, FieldKind.CHOICE, required=True, choices=ways),
        RemarkField("notes", notes, FieldKind.LONG),
    )


def format_of(store: Store) -> Format:
    """The store's format; the default where it has set none."""
    row = RemarkFormat.objects.filter(store=store).first()
    if row is None:
        return Format(default_fields(store))
    fields = tuple(RemarkField(**{**one, "choices": tuple(one.get("choices", ()))}) for one in row.fields)
    return Format(fields, row.flags, row.late_minutes, stored=True)


def as_json(fields: Sequence[RemarkField]) -> list[dict]:
    """The fields as RemarkFormat.fields keeps them."""
    return [{**asdict(one), "choices": list(one.choices)} for one in fields]


# Colours by platform (open-platform documents: taobao.trade.memo.update flag 0–5, where 5 is called 粉红 in one text and
# 紫 in another; jingdong.pop.order.modifyVenderRemark flag GRAY0 … PURPLE5). No platform says what a colour means.
COLOURS = {
    0: ("grey", gettext_noop("Grey")),
    1: ("red", gettext_noop("Red")),
    2: ("yellow", gettext_noop("Yellow")),
    3: ("green", gettext_noop("Green")),
    4: ("blue", gettext_noop("Blue")),
    5: ("purple", gettext_noop("Purple")),
}
_FLAGGED = (Platform.TAOBAO, Platform.TMALL, Platform.JD)
# taobao.trade.memo.update: memo ≤ 1000 bytes. JD's and Shopee's limits are published nowhere we know of.
_MOST_BYTES = {Platform.TAOBAO: 1000, Platform.TMALL: 1000}
MOST_CHARACTERS = 2000


def colours_of(store: Store) -> dict[int, tuple[str, str]]:
    """{flag: (colour's code, name)} on the store's platform; none where it has notes without flags (Shopee)."""
    return COLOURS if store.platform in _FLAGGED else {}


def most_bytes(store: Store) -> int | None:
    """How many bytes of UTF-8 the platform's memo holds; None where that is unknown."""
    return _MOST_BYTES.get(store.platform)


def compose(fields: Sequence[RemarkField], values: Mapping) -> str:
    """The text for the platform: short fields divided by commas, then the long ones as sentences of their own.

    values: {key: text, ISO day, or {"width", "height"} as decimal texts}; blank ones are left out.
    """
    short = [told for one in fields if one.kind != FieldKind.LONG and (told := _told(one, values))]
    long = [told for one in fields if one.kind == FieldKind.LONG and (told := _told(one, values))]
    is_chinese = any("\u4e00" <= character <= "\u9fff" for one in fields for character in one.label)
    comma, stop = ("，", "。") if is_chinese else (", ", ". ")
    sentences = ([comma.join(short)] if short else []) + [text.rstrip("。. ") for text in long]
    return stop.join(sentences).strip() + (stop.strip() if sentences else "")


def _told(one: RemarkField, values: Mapping) -> str:
    value = values.get(one.key) or ""
    if one.kind == FieldKind.SIZE:
        if not value or not value.get("width") or not value.get("height"):
            return ""
        return "*".join(f"{plain(value[side])}{one.unit}" for side in ("width", "height"))
    if one.kind == FieldKind.DATE:
        return dated(one.unit, date.fromisoformat(value)) if value else ""
    return str(value).strip()


def plain(number: str) -> str:
    """A decimal text without needless zeros: 2.40 → 2.4."""
    told = format(Decimal(number), "f")
    return told.rstrip("0").rstrip(".") if "." in told else told


def dated(wording: str, day: date) -> str:
    """A day in a field's wording. Errors: ValueError, KeyError or IndexError for a wording that is none."""
    return (wording or "{y}-{m:02}-{d:02}").format(y=day.year, m=day.month, d=day.day)

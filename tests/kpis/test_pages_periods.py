"""Periods and wording: pure, from dates written down here."""

from datetime import date
from decimal import Decimal
from random import Random

import pytest
from babel.numbers import format_currency, format_decimal
from django.utils import translation

from kpis import wording
from kpis.agent_page import COLUMNS as AGENT_COLUMNS
from kpis.charts import colours_of, team_line, values_at
from kpis.definitions import MEASURES
from kpis.month_page import COLUMNS as MONTH_COLUMNS
from kpis.periods import Period, compared_period, preset_period
from kpis.person_page import COLUMNS as PERSON_COLUMNS
from kpis.response_page import COLUMNS as RESPONSE_COLUMNS
from kpis.summary import difference_of, spark_points, tone_of
from kpis.tables import Cell, TableRow
from kpis.templatetags.figures import cells
from tenants.masking import masked_text


@pytest.mark.parametrize(
    ("preset", "since", "until"),
    [
        ("today", date(2025, 3, 10), date(2025, 3, 10)),
        ("7days", date(2025, 3, 4), date(2025, 3, 10)),
        ("month", date(2025, 3, 1), date(2025, 3, 10)),
        ("last_month", date(2025, 2, 1), date(2025, 2, 28)),
    ],
)
def test_presets_mean_days_up_to_today(preset, since, until):
    assert preset_period(preset, date(2025, 3, 10)) == Period(since, until)


@pytest.mark.parametrize(
    ("since", "until", "comparison", "expected"),
    [
        # ten days are compared with the ten before them
        (date(2025, 3, 1), date(2025, 3, 10), "previous", Period(date(2025, 2, 19), date(2025, 2, 28))),
        # a whole month with the whole month before, though that is shorter
        (date(2025, 3, 1), date(2025, 3, 31), "previous", Period(date(2025, 2, 1), date(2025, 2, 28))),
        (date(2025, 3, 1), date(2025, 3, 10), "last_month", Period(date(2025, 2, 1), date(2025, 2, 10))),
        (date(2025, 3, 29), date(2025, 3, 30), "last_month", Period(date(2025, 2, 28), date(2025, 2, 28))),
        (date(2024, 2, 1), date(2024, 2, 29), "last_year", Period(date(2023, 2, 1), date(2023, 2, 28))),
        (date(2025, 1, 1), date(2025, 1, 31), "last_month", Period(date(2024, 12, 1), date(2024, 12, 31))),
        (date(2025, 1, 1), date(2025, 1, 31), "none", None),
    ],
)
def test_a_period_is_compared_with_its_like(since, until, comparison, expected):
    assert compared_period(Period(since, until), comparison) == expected


def test_unknown_figures_read_as_a_dash_and_never_as_zero():
    for say in (wording.count_text, wording.rate_text, wording.seconds_text, wording.ratio_text):
        assert say(None) == "—"
    assert wording.money_text(None, "CNY") == "—"


def test_figures_are_written_in_the_readers_language():
    with translation.override("en"):
        assert wording.rate_text(Decimal("0.46849")) == "46.8%"
        assert wording.money_text(Decimal("1234567.5"), "CNY") == "CN¥1,234,568"
        assert wording.money_text(Decimal("1234.5"), "CNY", exact=True) == "CN¥1,234.50"
        assert wording.money_text(Decimal(1234), "VND", exact=True) == "₫1,234"
        assert [wording.seconds_text(s) for s in (48, 99.6, 300, 3900, 7200)] == [
            "48 s",
            "1 min 40 s",
            "5 min",
            "1 h 5 min",
            "2 h",
        ]
    with translation.override("zh-hans"):
        assert wording.money_text(Decimal("1234567.5"), "CNY") == "¥1,234,568"
        assert wording.day_text(date(2025, 3, 10), weekday=True) == "3月10日 周一"


def test_a_falling_refund_rate_is_good_news():
    falls = difference_of(0.04, 0.06, MEASURES["refund_rate"])
    assert falls == pytest.approx(Decimal("-0.02"))
    assert tone_of(falls, MEASURES["refund_rate"]) == "better"
    assert tone_of(falls, MEASURES["conversion_final"]) == "worse"
    assert tone_of(falls, MEASURES["silent_share"]) == ""


def test_sales_change_as_a_share_and_times_in_seconds():
    assert difference_of(Decimal(150), Decimal(100), MEASURES["paid_amount"]) == Decimal("0.5")
    assert difference_of(30, 45, MEASURES["average_response_seconds"]) == -15
    assert difference_of(30, None, MEASURES["average_response_seconds"]) is None
    assert difference_of(Decimal(5), Decimal(0), MEASURES["paid_amount"]) is None


def test_a_sparkline_needs_three_known_days_and_leaves_unknown_ones_out():
    assert spark_points([1, None, 2]) == ""
    assert spark_points([0, 10, None, 5]) == "0.0,23.0 33.3,3.0 100.0,13.0"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("电话13812345678谢谢", "电话138****5678谢谢"),
        ("138-1234-5678", "138****5678"),
        ("我的邮箱 mei.w@example.com", "我的邮箱 m***@***"),
        ("身份证11010119900307123X", "身份证11****3X"),
        ("宽1.2米 高200，价459元", "宽1.2米 高200，价459元"),
    ],
)
def test_chat_text_hides_phones_ids_and_mail(text, shown):
    assert masked_text(text) == shown


def test_every_column_has_a_definition_with_its_section():
    for key in {*AGENT_COLUMNS, *PERSON_COLUMNS, *RESPONSE_COLUMNS, *MONTH_COLUMNS}:
        assert MEASURES[key].section.startswith("§")
        assert str(MEASURES[key].formula)


def test_people_of_one_chart_have_different_colours_and_keep_their_own_where_they_can():
    # ranks 1 and 7 share the second colour: the later joined takes the next free one
    assert colours_of([12, 17, 11], {11: 0, 12: 1, 17: 7}) == {11: 0, 12: 1, 17: 2}
    assert colours_of([17], {11: 0, 12: 1, 17: 7}) == {17: 1}
    assert sorted(colours_of(range(5), dict.fromkeys(range(5), 3)).values()) == [0, 1, 3, 4, 5]


@pytest.mark.parametrize(
    ("language", "locale"), [("zh-hans", "zh_Hans_CN"), ("zh-hant", "zh_Hant_TW"), ("en", "en")]
)
def test_numbers_are_written_as_babel_writes_them(language, locale):
    random = Random(1)
    amounts = [Decimal(random.randrange(-(10**9), 10**9)) / random.choice([1, 10, 1000]) for _ in range(200)]
    amounts += [Decimal("0.5"), Decimal("1.5"), Decimal("-0.04"), Decimal(0), Decimal("1234567.005")]
    with translation.override(language):
        for amount in amounts:
            assert wording.count_text(amount) == format_decimal(amount, "#,##0", locale)
            assert wording.ratio_text(amount) == format_decimal(amount, "#,##0.00", locale)
            assert wording.rate_text(amount) == f"{format_decimal(amount * 100, '#,##0.0', locale)}%"
            cents = amount.quantize(Decimal("0.01"))
            for currency in ("CNY", "TWD", "USD", "SGD", "THB", "BRL"):
                written = format_currency(cents, currency, "¤#,##0.00", locale, currency_digits=False)
                assert wording.money_text(cents, currency, exact=True) == written


def test_the_cells_of_a_line_are_escaped():
    line = TableRow(
        "x",
        [
            Cell(0.25, MEASURES["conversion_final"], href='/?a=1&b="<', bar=25.0, mark=50.0),
            Cell(Decimal("1234.5"), MEASURES["paid_amount"], "<b>", tone="worse"),
            Cell(None, MEASURES["orders"]),
        ],
    )
    rate, money, unknown = cells(line).split("</td>")[:3]
    assert rate.startswith('<td><a href="/?a=1&amp;b=&quot;&lt;">25.0%</a><svg')
    assert 'bar-fill" width="25.0"' in rate
    assert 'bar-mark" x="50.0"' in rate
    assert money == '<td class="worse" title="&lt;b&gt;1,234.50">&lt;b&gt;1,235'
    assert unknown == "<td>—"


def test_a_smooth_point_sums_the_seven_days_up_to_it():
    steps = [date(2025, 3, day) for day in range(1, 10)]
    points = {steps[0]: (1, 2), steps[7]: (3, 4)}
    # The first day counts up to the seventh, the eighth stands alone.
    assert values_at(points, steps, smooth=True) == [0.5] * 7 + [0.75, 0.75]
    assert values_at(points, steps, smooth=False) == [0.5, *[None] * 6, 0.75, None]
    assert values_at({steps[1]: (Decimal(7),)}, steps[:2], smooth=False) == [None, Decimal(7)]
    # (1 + 1) of (2 + 6) on the first day: the team is no average of averages.
    assert team_line([points, {steps[0]: (1, 6)}], steps)["values"] == [0.25, *[None] * 6, 0.75, None]

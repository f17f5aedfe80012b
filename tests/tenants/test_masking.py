"""What people see of names, phones and addresses, and of chats that hold them.

ID numbers are invented and carry the right check character, worked out by hand: 11010519491231002X is the example
of GB 11643 itself, A123456789 the customary example of Taiwan, 4111111111111111 and 6222021234567890128 of cards
(Luhn: from the right, every second digit doubled, 2·2=4, 0, ... the sum ends in 0).
"""

import time

import pytest

from tenants.masking import masked_address, masked_name, masked_phone, masked_text


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("我电话13812341234,打给我", "我电话138****1234,打给我"),
        ("138 1234 1234", "138****1234"),
        ("138-1234-1234", "138****1234"),
        ("+86 13812341234", "861****1234"),
        ("手机0912-345-678", "手机091****5678"),
        ("+886912345678", "886****5678"),
        ("sđt 0912345678 nhé", "sđt 091****5678 nhé"),
        ("+84 912 345 678", "849****5678"),
        ("call 012-345 6789", "call 012****6789"),
        ("+60123456789", "601****6789"),
        ("座机 0571-88881234", "座机 057****1234"),
        ("(02)2345-6789", "022****6789"),
        ("01088881234", "010****1234"),
        ("身份证11010519491231002X", "身份证11****2X"),
        ("身分證A123456789", "身分證A****89"),
        ("IC 900101-14-5678", "IC 90****78"),
        ("卡号4111 1111 1111 1111", "卡号****1111"),
        ("6222021234567890128", "****0128"),
        ("发到 ann.lee@example.com", "发到 a***@***"),
        ("寄到浙江省杭州市西湖区文三路12号3单元502室", "寄到浙江省杭州市***"),
        ("地址:杭州市西湖区文三路12号", "地址:杭州市***"),
        ("台北市大安區忠孝東路四段55號3樓", "台北市***"),
        # What stands right before a street cannot be told from its name: it goes with it.
        ("改成建设路8号吧", "***吧"),
        ("Số 12 Đường Lê Lợi, Huế", "***, Huế"),
        ("No 5, Jalan Ampang, KL", "***, KL"),
    ],
)
def test_personal_numbers_and_addresses_in_a_chat_are_hidden(text, shown):
    assert masked_text(text) == shown


@pytest.mark.parametrize(
    "text",
    [
        "订单2384756102938475610 什么时候发",
        "订单号 13812341234",
        "order no. 0912345678",
        "2026112213812341234567",
        "运单号:SF1381234123456",
        "快递单号 771234567890123",
        "价格1299.00,券后1199",
        "共 13 件 2599 元",
        "尺码 175/92A,身高165体重50",
        "38号的有吗",
        "一路上等了3号才发货",
        "我3号下单,这条路线几号到",
        "2026-11-22 10:00:00 付款",
        "20261122",
        "iPhone 15 256G 8GB",
        "款号 A223456780",
        "1234567",
        "4111111111111112",
        "110105194912310021",
        "",
        "都市小区别墅风",
    ],
)
def test_order_numbers_prices_sizes_and_dates_stay_readable(text):
    assert masked_text(text) == text


def test_a_name_keeps_its_first_letter_a_phone_its_ends_an_address_province_and_city():
    assert [masked_name(name) for name in ("王小明", "Tan Wei Ling", None, "")] == ["王*", "T*", "", ""]
    phones = ("13812341234", "86-13812341234", "0912345678", "6543210", "12345", None)
    assert [masked_phone(phone) for phone in phones] == [
        "138****1234", "861****1234", "091****5678", "65****10", "***", "",
    ]  # fmt: skip
    addresses = {
        "浙江省 杭州市 西湖区 文三路12号": "浙江省 杭州市 ***",
        "浙江省杭州市西湖区文三路12号": "浙江省 杭州市 ***",
        "北京市朝阳区建国路1号": "北京市 ***",
        "浙江 杭州 西湖区 文三路12号": "浙江 杭州 ***",
        "No 5, Jalan Ampang, Kuala Lumpur, Selangor": "Kuala Lumpur Selangor ***",
        "文三路12号": "***",
        "": "",
    }
    assert {address: masked_address(address) for address in addresses} == addresses


@pytest.mark.parametrize(
    "text",
    [
        "12-" * 2000,
        "a@" * 3000,
        "市" * 3000 + "1号",
        "区省市路" * 800 + "5号",
        "jalan " * 1000 + "1",
        "1 " * 3000,
    ],
)
def test_a_text_made_to_be_slow_is_shown_within_a_second(text):
    began = time.monotonic()
    masked_text(text)
    assert time.monotonic() - began < 1

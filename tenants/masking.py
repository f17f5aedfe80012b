"""Showing personal data without giving it away: names, phones and addresses, and what chats say of them.

Everything here is for people to read; what is stored is protected by tenants/encryption.py.
"""

import re
from collections.abc import Callable
from datetime import date

HIDDEN = "***"

# A number right behind one of these words is an order, a parcel or a product, never a person.
_IMPERSONAL = re.compile(
    r"(?:订单|訂單|单|單|快递|快遞|运单|物流|编|編|货|貨|款|序列|追踪|追蹤|order|tracking|parcel|sku|mã\s*đơn)"
    r"\s*(?:编号|編號|号码|號碼|号|號|no\.?|number|id|hàng)?\s*(?:是|为|為|is|là)?\s*[::#]?\s*$",
    re.IGNORECASE,
)
_E_MAIL = re.compile(r"[\w.+-]{1,64}@[\w-]{1,64}(?:\.[\w-]{1,64}){1,8}")
_START, _END = r"(?<![\d.A-Za-z])", r"(?![\d]|\.\d|[A-Za-z])"
# Mainland China 1xx xxxx xxxx, Taiwan 09xx xxx xxx, Vietnam 0x… of ten digits, Malaysia 01x… of ten or eleven.
_PHONE = re.compile(
    rf"{_START}(?:"
    r"(?:(?:\+|00)?86[\s-]?)?1[2-9]\d[\s-]?\d{4}[\s-]?\d{4}"
    r"|(?:(?:\+|00)?886[\s-]?0?9|09)\d{2}[\s-]?\d{3}[\s-]?\d{3}"
    r"|(?:\+|00)?84[\s-]?0?[03-9]\d{1,2}[\s-]?\d{3}[\s-]?\d{3,4}|0[35789]\d{2}[\s-]?\d{3}[\s-]?\d{3}"
    r"|(?:(?:\+|00)?60[\s-]?1|01)\d[\s-]?\d{3,4}[\s-]?\d{4}"
    r"|\(?0\d{2,3}\)?[\s-]\d{7,8}|\(0\d{2,3}\)\d{7,8}|0(?:10|2\d|[3-9]\d{2})[2-9]\d{6,7}"
    r"|\(?0\d\)?[\s-]\d{3,4}[\s-]\d{4}|\(0\d\)\d{3,4}-?\d{4}"
    rf"){_END}"
)
_CHINESE_ID = re.compile(rf"{_START}\d{{17}}[\dXx]{_END}")
_TAIWANESE_ID = re.compile(r"(?<![\dA-Za-z])[A-Za-z][12]\d{8}(?!\d)")
_MALAYSIAN_ID = re.compile(rf"{_START}(\d{{2}})(\d{{2}})(\d{{2}})-\d{{2}}-\d{{4}}{_END}")
_VIETNAMESE_ID = re.compile(rf"{_START}0\d{{11}}{_END}")
# Beginnings that issuers have; order numbers of 18 and 19 digits seldom share them and seldom pass Luhn as well.
_CARD = re.compile(
    rf"{_START}(?:62\d{{2}}|9558|4\d{{3}}|5[1-5]\d{{2}}|2[2-7]\d{{2}}|3[47]\d{{2}}|35\d{{2}}|60\d{{2}})"
    rf"(?:[\s-]?\d){{11,15}}{_END}"
)
_CARD_LENGTHS = {"6": range(16, 20), "9": range(19, 20), "3": range(15, 17)}

_HAN = r"[\u4e00-\u9fff]"
_REGION = (
    rf"(?:{_HAN}{{2,8}}?(?:省|自治区|自治區)\s*)?(?:{_HAN}{{2,8}}?(?:市|自治州)\s*)?"
    rf"(?:{_HAN}{{1,8}}?(?:区|區|县|縣|旗|镇|鎮|乡|鄉)\s*)?"
)
_STREET = r"(?:路|街|大道|巷|弄|胡同|村|里|小区|社区|花园|花園|苑|大厦|大廈|广场|廣場|公寓|园区|園區)"
_HOUSE = r"[\dA-Za-z][\dA-Za-z-]{0,9}\s{0,3}(?:号|號|弄|巷|栋|棟|幢|座|单元|室|楼|樓|层|層|F)"
_MORE = r"(?:[\dA-Za-z\u4e00-\u9fff-]{0,12}(?:号|號|弄|巷|栋|棟|幢|座|单元|室|楼|樓|层|層|房|之\d{1,4})){0,6}"
# A street with a house number right behind it; behind a province, city or district the number may be further off.
_ADDRESS = re.compile(
    rf"(?P<region>{_REGION})(?P<rest>{_HAN}{{1,12}}?{_STREET}\s*(?:[东南西北中]?[一二三四五六七八九十]?段|[东南西北])?"
    rf"\s*{_HOUSE}{_MORE})"
)
_ADDRESS_IN_REGION = re.compile(
    rf"(?P<region>(?:{_HAN}{{2,8}}?(?:省|自治区|自治區)\s*{_HAN}{{2,8}}?(?:市|自治州|县|縣)"
    rf"|{_HAN}{{2,8}}?市\s*{_HAN}{{1,8}}?(?:区|區|县|縣|镇|鎮)))"
    rf"(?P<rest>\s*[\u4e00-\u9fffA-Za-z\d\s-]{{2,30}}?{_HOUSE}{_MORE})"
)
_HOUSE_SOMEWHERE = re.compile(_HOUSE)
_LATIN_ADDRESS = re.compile(
    r"(?:(?:no\.?|số|lot)\s*)?\d{1,5}[\w/-]{0,8},?\s{0,3}(?:jalan|jln|lorong|taman|đường|phố|street|road)\s[^\n,;。,]{2,40}"
    r"|(?:jalan|jln|lorong|đường)\s[^\n,;。,\d]{2,30}\d[\w/-]*",
    re.IGNORECASE,
)
_PROVINCE_CITY = re.compile(
    rf"\s*({_HAN}{{2,8}}?(?:省|自治区|自治區|特别行政区))?\s*({_HAN}{{2,8}}?(?:市|自治州|地区|盟))?"
)
_DETAIL = re.compile(rf"\d|{_STREET}|号|號")


def masked_name(name: str | None) -> str:
    """`王小明` as `王*`: the first letter only. Blank for None or ""."""
    return f"{name.strip()[:1]}*" if name and name.strip() else ""


def masked_phone(phone: str | None) -> str:
    """`13812341234` as `138****1234`; shorter ones keep less, those of up to six digits nothing."""
    text = (phone or "").strip()
    digits = re.sub(r"\D", "", text)
    if len(digits) <= 6:
        return HIDDEN if text else ""
    return f"{digits[:3]}****{digits[-4:]}" if len(digits) >= 10 else f"{digits[:2]}****{digits[-2:]}"


def masked_address(address: str | None) -> str:
    """Province and city only; `***` where the address does not say them in a way we can tell from a street."""
    text = (address or "").strip()
    if not text:
        return ""
    province, city = _PROVINCE_CITY.match(text).groups()
    if province or city:
        return " ".join(filter(None, (province, city, HIDDEN)))
    # 浙江 杭州 西湖区 某路1号; No 1, Jalan X, Ipoh, Perak: the widest parts that hold no house and no street.
    by_comma = [part.strip() for part in re.split("[,,]", text) if part.strip()]
    parts = by_comma[::-1] if len(by_comma) > 1 else text.split()[:-1]
    kept = []
    for part in parts[:2]:
        if _DETAIL.search(part) or _LATIN_ADDRESS.search(part):
            break
        kept.append(part)
    if len(by_comma) > 1:
        kept.reverse()
    return " ".join([*kept, HIDDEN])


def masked_text(text: str | None) -> str:
    """Free text (chats, remarks) with phones, ID and card numbers, e-mail and street addresses hidden.

    Rough on purpose: it sees forms, not meanings. Order numbers, prices, sizes and dates stay readable.
    """
    text = _E_MAIL.sub(lambda found: f"{found[0][0]}***@***", text or "")
    if any(character.isdigit() for character in text):
        text = _replaced(text, _CHINESE_ID, _is_chinese_id, lambda number: f"{number[:2]}****{number[-2:]}")
        text = _replaced(text, _CARD, _is_card, lambda number: f"****{number[-4:]}")
        text = _replaced(text, _PHONE, lambda number: True, masked_phone)
        text = _replaced(
            text, _TAIWANESE_ID, _is_taiwanese_id, lambda number: f"{number[0]}****{number[-2:]}"
        )
        text = _replaced(
            text, _MALAYSIAN_ID, _is_malaysian_id, lambda number: f"{number[:2]}****{number[-2:]}"
        )
        text = _replaced(text, _VIETNAMESE_ID, lambda number: True, lambda number: f"0****{number[-2:]}")
        if _HOUSE_SOMEWHERE.search(text):
            for address in (_ADDRESS_IN_REGION, _ADDRESS):
                text = address.sub(_without_house, text)
        text = _LATIN_ADDRESS.sub(HIDDEN, text)
    return text


def _replaced(
    text: str, pattern: re.Pattern, is_personal: Callable[[str], bool], mask: Callable[[str], str]
) -> str:
    def shown(found: re.Match) -> str:
        before = found.string[max(0, found.start() - 16) : found.start()]
        return found[0] if _IMPERSONAL.search(before) or not is_personal(found[0]) else mask(found[0])

    return pattern.sub(shown, text)


def _without_house(found: re.Match) -> str:
    province, city = _PROVINCE_CITY.match(found["region"]).groups()
    return "".join(filter(None, (province, city, HIDDEN)))


def _is_date(year: int, month: int, day: int) -> bool:
    try:
        return date(year, month, day).year >= 1900
    except ValueError:
        return False


def _is_chinese_id(number: str) -> bool:
    """Eighteen characters with a date of birth and the check character of GB 11643 (ISO 7064 mod 11-2).

    No order number ends with X: a mistyped check character before it does not matter.
    """
    if not _is_date(int(number[6:10]), int(number[10:12]), int(number[12:14])):
        return False
    if number[17] in "Xx":
        return True
    total = sum(int(digit) * pow(2, 17 - place, 11) for place, digit in enumerate(number[:17]))
    return "10X98765432"[total % 11] == number[17].upper()


def _is_taiwanese_id(number: str) -> bool:
    """The letter's number and nine digits, weighted, are a multiple of ten."""
    code = "ABCDEFGHJKLMNPQRSTUVXYWZIO".index(number[0].upper()) + 10
    digits = [code // 10, code % 10, *map(int, number[1:])]
    return sum(d * w for d, w in zip(digits, (1, 9, 8, 7, 6, 5, 4, 3, 2, 1, 1), strict=True)) % 10 == 0


def _is_malaysian_id(number: str) -> bool:
    year, month, day = int(number[:2]), int(number[2:4]), int(number[4:6])
    return _is_date(1900 + year, month, day) or _is_date(2000 + year, month, day)


def _is_card(number: str) -> bool:
    """A card number as long as its issuer's and right by Luhn's check (ISO/IEC 7812-1)."""
    digits = [int(character) for character in number if character.isdigit()]
    lengths = _CARD_LENGTHS.get(str(digits[0]), range(16, 17))
    if len(digits) not in lengths:
        return False
    doubled = [
        digit if place % 2 else sum(divmod(2 * digit, 10)) for place, digit in enumerate(digits[::-1], 1)
    ]
    return sum(doubled) % 10 == 0

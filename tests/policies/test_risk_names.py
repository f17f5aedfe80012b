"""Names of buyers and recipients: which say something of risk, and which only look so."""

import pytest

from policies.risk_names import is_famous, is_vague, machine_like
from policies.risk_stars import SHORT_STARS, STARS


@pytest.mark.parametrize(
    "name",
    ["周杰伦", "周杰倫", "刘德华", "劉德華", "周杰伦先生", "刘德华(收)", " 周 杰 伦 ", "郭富城同学", "鹿晗", "迪丽热巴", "擎天柱周杰伦"],
)  # fmt: skip
def test_the_famous_are_known_in_either_script(name):
    assert is_famous(name)


@pytest.mark.parametrize(
    "name",
    ["高兴", "方便", "王大方", "高圆", "周杰", "杰伦", "刘德", "鹿晗晗", "杨幂妹", "王小明", "陈静", "欧阳小红", "Jay", "", "*", "先生"],
)  # fmt: skip
def test_ordinary_names_and_parts_of_famous_ones_are_not(name):
    assert not is_famous(name)


def test_the_hand_made_list_is_long_enough_and_short_names_are_few():
    assert len(STARS) >= 250
    assert {len(name) for name in STARS} <= set(range(3, 8))
    assert {len(name) for name in SHORT_STARS} == {2}
    assert len(SHORT_STARS) < 30


@pytest.mark.parametrize(
    "name", ["先生", "小姐", "张先生", "李女士", "某某", "测试", "測試", "收件人", "123", "1", "王", "。", "test", "匿名"]
)  # fmt: skip
def test_names_of_nobody_are_vague(name):
    assert is_vague(name)


@pytest.mark.parametrize(
    "name", ["王大方", "高兴", "王**", "张*先生", "欧阳小红", "Nguyễn Thu", "李先", "", "先生路"]
)
def test_real_and_masked_names_are_not_vague(name):
    assert not is_vague(name)


@pytest.mark.parametrize(
    "nick", ["x7k2m9q4w1", "a8f3e2b1c9d0k4m2p5", "q1w2r3t4y5u6", "x7k2_m9q4_w1", "zxcwbnmkl2023"]
)
def test_long_mixtures_nobody_can_read_are_machine_like(nick):
    assert machine_like(nick, "taobao")


@pytest.mark.parametrize(
    "nick",
    ["tb123456789", "tb12345_2013", "t_1234567_0123", "jd_4f3a2b1c9d", "u12345678", "xiaoyu1990", "love520you1314",
     "zlq19880512", "半夏微凉0012", "linda_liu_2008", "13812341234", "a1b2", "qwertyuiop", "buyer_76xiqleo", "user_7f6d5e4c"],
)  # fmt: skip
def test_names_given_by_platforms_or_remembered_by_people_are_not(nick):
    assert not machine_like(nick, "taobao")


def test_ten_letters_and_digits_are_shopees_own_way_of_naming():
    assert machine_like("k5v8h2n9q1", "taobao")
    assert not machine_like("k5v8h2n9q1", "shopee")
    assert machine_like("k5v8h2n9q1x3", "shopee")

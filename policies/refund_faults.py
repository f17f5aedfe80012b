"""Whose fault a refund is: the platform's reason through an editable mapping, a case's own judgement before it
(docs/kpis.md §7).

A reason the organization has not set has the fault of DEFAULTS; one that is not there either is of unknown fault.
"""

import json
from collections.abc import Iterable

from django.db import transaction
from django.http import HttpRequest

from orders.service_models import Fault
from policies.fault_models import RefundFault
from tenants.audit import record

# Refunds of these faults are nobody's loss in pay (docs/kpis.md §7).
NOT_DEDUCTED = (Fault.QUALITY, Fault.LOGISTICS)

# Texts of Taobao's and Tmall's refund form as programs that read or imitate it list them; no file of a platform was at
# hand, so all of them are unverified. Fault.LOGISTICS takes in the warehouse: late, wrong, missing, damaged parcels.
# "假冒品牌", "发票问题", "退运费", "协商一致退款" and "其他" say nobody's fault and stay unknown until somebody decides.
DEFAULTS: dict[str, str] = {
    **dict.fromkeys(
        ("质量问题", "商品质量问题", "做工问题", "做工粗糙/有瑕疵", "褪色/掉色/缩水/填充物少", "成色问题"), Fault.QUALITY
    ),
    **dict.fromkeys(
        (
            "快递/物流一直未送到", "快递/物流无跟踪记录", "货物破损已拒签", "商品破损已拒签", "包装/商品破损", "包装/商品破损/污渍",
            "包装/商品破损/污渍/变形", "包装/商品破损/污渍/裂痕/变形", "未按约定时间发货", "空包裹", "少件/漏发", "少发/漏发",
            "卖家发错货",
        ),
        Fault.LOGISTICS,
    ),
    **dict.fromkeys(
        (
            "大小/尺寸与商品描述不符", "颜色/图案/款式与商品描述不符", "材质与商品描述不符", "材质/面料与商品描述不符",
            "材料/面料与商品描述不符", "功能/效果与商品描述不符", "规格/参数与商品描述不符", "生产日期/保质期与商品描述不符",
        ),
        Fault.DESCRIPTION,
    ),
    **dict.fromkeys(
        (
            "7天无理由退换货", "七天无理由退换货", "七天无理由退换", "7天无理由", "七天无理由", "不喜欢/不想要", "拍错/多拍/不喜欢",
            "拍错/多拍/不想要", "多拍/拍错/不想要", "不想要了", "我不想要了",
        ),
        Fault.BUYER,
    ),
}  # fmt: skip


def fault_sql(reason: str, platform: str) -> str:
    """SQL of the fault of a reason; both arguments are SQL of texts, a reason may be NULL.

    The organization's line for the platform comes before its line for any platform, both before DEFAULTS.
    """
    known = json.dumps({text: str(fault) for text, fault in DEFAULTS.items()}, ensure_ascii=False)
    return (
        "coalesce((SELECT m.fault FROM policies_refundfault m"
        f" WHERE m.platform IN ('', {platform}) AND m.reason = btrim(coalesce({reason}, ''))"
        f" ORDER BY m.platform DESC LIMIT 1), '{known}'::jsonb ->> btrim(coalesce({reason}, '')), 'unknown')"
    )


# The case of a refund `r`, of which there is one at most, if it has judged.
JUDGED = (
    "LEFT JOIN orders_case AS judged ON judged.store_id = r.store_id AND judged.refund_id = r.refund_id"
    " AND judged.fault <> 'unknown'"
)


def refund_fault_sql(platform: str) -> str:
    """SQL of the fault of a refund `r`, in a statement that has JUDGED after its FROM."""
    return f"coalesce(judged.fault, {fault_sql('r.reason', platform)})"


@transaction.atomic
def set_faults(
    organization_id: int,
    reasons: Iterable[tuple[str, str]],
    fault: str | None,
    request: HttpRequest | None = None,
) -> int:
    """Set the fault of reasons, given as (platform, reason); None: theirs by default again. How many changed.

    Faults are read where they are shown, so nothing is derived anew. ValueError for no known fault.
    """
    wanted = sorted(set(reasons))
    known = {
        (line.platform, line.reason): line
        for line in RefundFault.objects.select_for_update().filter(
            reason__in=[reason for _, reason in wanted]
        )
    }
    changed = 0
    for platform, reason in wanted:
        line = known.get((platform, reason))
        if fault is None:
            changed += line is not None
            if line is not None:
                line.delete()
        elif line is None:
            RefundFault.objects.create(
                organization_id=organization_id, platform=platform, reason=reason, fault=Fault(fault)
            )
            changed += 1
        elif line.fault != fault:
            line.fault = Fault(fault)
            line.save(update_fields=["fault"])
            changed += 1
    if changed:
        record(
            request,
            "refund_faults_set",
            None,
            fault=fault or "default",
            reasons=[reason for _, reason in wanted][:50],
        )
    return changed

"""10. How soon the API tells what an answer would trigger: over HTTP, and over what a request costs that checks nothing."""

import json

from benchmarks.dataset import Size
from benchmarks.loading import make_organization
from benchmarks.measure import Report, percentile
from benchmarks.pages import milliseconds, web_server

TARGET_MS = 20
# Answers of every kind; a Tmall store refuses no invoice.
DRAFTS = {
    "a greeting": {"text": "亲，您好，请问有什么可以帮您的吗？"},
    "a refused invoice": {"text": "不好意思，小店开不了发票", "before": [{"by": "buyer", "text": "能开发票吗"}]},
    "an admitted counterfeit": {
        "text": "嗯嗯 是的呢", "before": [{"by": "buyer", "text": "你们这个是高仿还是精仿啊"}],
    },
    "a parcel's number": {"text": "您的訂單已經由順豐發出，運單號SF1234567890，請注意查收。"},
    "580 characters": {"text": "亲，商品的品牌、授权和质检信息以商品详情页展示的内容为准。" * 20},
}  # fmt: skip


def drafts(run) -> Report:
    """The section. run: benchmarks.run.Run."""
    organization_id, (store_id,) = make_organization("drafts", Size(0, 0, stores=1))
    slug, secret = _key(organization_id, store_id)
    path = f"/{slug}/api/v1/stores/s00/check"
    headers = {"Authorization": f"Bearer {secret}", "Content-Type": "application/json"}
    found: dict[str, list[float]] = {name: [] for name in DRAFTS}
    with web_server() as port:
        # The first rounds make both processes connect and read the rules.
        for turn in range(-8, run.requests * 10):
            for name, draft in DRAFTS.items():
                taken = milliseconds(port, path, headers, json.dumps(draft))
                if turn >= 0:
                    found[name].append(taken)
    report = Report("Check of an answer before it is sent")
    for name, taken in found.items():
        report.add(f"{name}: p95 (p50 {percentile(taken, 0.5):.1f} ms)", percentile(taken, 0.95), TARGET_MS, "at most", " ms")  # fmt: skip
    report.notes.append(
        f"{run.requests * 10} requests each, one after another, each with a new connection, over loopback to gunicorn (2"
        " processes, 8 threads each), with a store's key; every rule of the library; the time is the client's"
    )
    return report


def _key(organization_id: int, store_id: int) -> tuple[str, str]:
    """(slug, a key of the store) of the organization, which gets every rule of the library; the store becomes one of Tmall."""
    from django.utils import timezone

    from policies.library import LIBRARY
    from policies.rule_versions import ensure_library
    from stores.models import Store
    from tenants.models import ApiKey, Organization
    from tenants.scope import organization_scope

    with organization_scope(organization_id):
        Store.objects.filter(pk=store_id).update(platform="tmall")
        organization = Organization.objects.get(pk=organization_id)
        ensure_library(organization_id, LIBRARY, timezone.now())
        _row, secret = ApiKey.issue(organization, store_id, "benchmark", None)
    return organization.slug, secret

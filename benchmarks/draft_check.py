"""How fast an answer is checked before it is sent: the API in the server's process, middleware and all.

Run it on a migrated database: `python benchmarks/draft_check.py`. It makes an organization of its own and deletes nothing.
"""

import json
import os
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
REQUESTS = 500
# Answers of every kind: harmless, dangerous, long, after a question.
DRAFTS = [
    {"text": "亲，您好，请问有什么可以帮您的吗？"},
    {"text": "不好意思，小店开不了发票", "before": [{"by": "buyer", "text": "能开发票吗"}]},
    {"text": "亲，商品的品牌、授权和质检信息以商品详情页展示的内容为准。" * 20},
    {"text": "嗯嗯 是的呢", "before": [{"by": "buyer", "text": "你们这个是高仿还是精仿啊"}]},
    {"text": "您的订单已经由顺丰发出，运单号SF1234567890，请注意查收。"},
]


def percentiles(seconds: list[float]) -> str:
    ordered = sorted(seconds)
    half, most = ordered[len(ordered) // 2], ordered[int(len(ordered) * 0.95)]
    return f"p50 {half * 1000:.1f} ms, p95 {most * 1000:.1f} ms, of {len(ordered)} requests"


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    os.environ["LIMIT_PAGES"] = "1000000/60"
    import django

    django.setup()
    from django.test import Client
    from django.utils import timezone

    from stores.models import Store
    from tenants.founding import create
    from tenants.models import ApiKey, Organization
    from tenants.scope import organization_scope

    slug = f"bench{int(time.time())}"
    organization = Organization(slug=slug, name="Benchmark")
    create(organization, f"{slug}@benchmark.example", "a long benchmark password")
    with organization_scope(organization.pk):
        store = Store.objects.create(
            organization=organization, code="b1", name="B1", platform="tmall", currency="CNY",
            time_zone="Asia/Shanghai",
        )  # fmt: skip
        _key, secret = ApiKey.issue(organization, store.pk, "benchmark", None)
    path = f"/{slug}/api/v1/stores/b1/check"
    client, taken = Client(), []
    for number in range(REQUESTS + 20):
        body = json.dumps(DRAFTS[number % len(DRAFTS)])
        began = time.perf_counter()
        answer = client.post(
            path, body, content_type="application/json", headers={"Authorization": f"Bearer {secret}"}
        )
        taken.append(time.perf_counter() - began)
        assert answer.status_code == 200, answer.content
    print(f"{timezone.now():%Y-%m-%d}: {percentiles(taken[20:])}")


if __name__ == "__main__":
    main()

"""Every case by name. A case is one event; `expected.txt` says which belong together."""

import asyncio
import json
import threading

from . import fast, plain, services, tasks


def web(path, method="get", data=None, **headers):
    """A request to the Django pages."""
    from django.test import Client

    host = headers.pop("host", "shop.example")
    client = Client(raise_request_exception=False, headers={name.replace("_", "-"): text for name, text in headers.items()})
    if method == "json":
        client.post(path, json.dumps(data), content_type="application/json", HTTP_HOST=host)
    else:
        getattr(client, method)(path, data, HTTP_HOST=host)


def sign_up(email):
    """Signs up someone who is known already."""
    services.models.Customer.objects.get_or_create(email=email)
    web("/sign-up/", "post", {"email": email})


def async_web(path):
    """A request to the Django pages as they run under ASGI."""
    from django.test import AsyncClient

    asyncio.run(AsyncClient(raise_request_exception=False).get(path))


def fast_web(path):
    """A request to the FastAPI pages."""
    import httpx

    async def ask():
        transport = httpx.ASGITransport(app=fast.app, raise_app_exceptions=False)
        async with httpx.AsyncClient(transport=transport, base_url="http://shop.example") as client:
            await client.get(path)

    asyncio.run(ask())


def task(work, *arguments):
    """A task, worked on by a worker."""
    work.delay(*arguments).get(timeout=20, propagate=False)


def deep(tree, depth):
    """The tree, that many lists deep."""
    for _ in range(depth):
        tree = [tree]
    return tree


DJANGO = {
    "checkout-ann": lambda: web("/checkout/17/"),
    "checkout-bob": lambda: web("/checkout/290417/"),
    "checkout-v2": lambda: web("/v2/checkout/18/now/?people=0"),
    "checkout-not-a-number": lambda: web("/checkout/17/?people=many"),
    "product-1": lambda: web("/product/1/"),
    "product-77": lambda: web("/product/77/"),
    "cart-1": lambda: web("/cart/add/1/"),
    "cart-77": lambda: web("/cart/add/77/"),
    "price-a": lambda: web("/price/A-17/?when=2026-11-01"),
    "price-b": lambda: web("/price/B-2042/?when=2025-01-31T10:11:12Z"),
    "price-no-day": lambda: web("/price/B-2042/"),
    "order-1": lambda: web("/order/1/?number=4"),
    "order-9": lambda: web("/order/9/?number=1"),
    "gift-1": lambda: web("/gift/1/?number=4"),
    "sign-up-ann": lambda: sign_up("ann@example.com"),
    "sign-up-bob": lambda: sign_up("bob@example.org"),
    "sign-up-nobody": lambda: web("/sign-up/", "post", {}),
    "invoice-1": lambda: web("/invoice/R-1/"),
    "invoice-2": lambda: web("/invoice/R-20261123/"),
    "account-1": lambda: web("/account/DE02/"),
    "account-2": lambda: web("/account/GB29/"),
    "statement-1": lambda: web("/statement/DE02/"),
    "wishes-get": lambda: web("/wishes/"),
    "wishes-post": lambda: web("/wishes/", "post", {}),
    "friends": lambda: web("/friends/"),
    "secrets": lambda: web("/secrets/"),
    "basket-get-1": lambda: web("/basket/1/"),
    "basket-get-2": lambda: web("/basket/2/"),
    "basket-post": lambda: web("/basket/2/", "post", {}),
    "bill-12a": lambda: web("/page/bill/?pence=12a"),
    "bill-zero": lambda: web("/page/bill/?pence=x0x"),
    "split": lambda: web("/page/split/"),
    "template-missing-1": lambda: web("/page/nothing-17/"),
    "template-missing-2": lambda: web("/page/nothing-18/"),
    "template-broken": lambda: web("/page/broken/"),
    "template-links": lambda: web("/page/links/"),
    "letter": lambda: web("/letter/"),
    "letter-ann": lambda: web("/letter/?name=ann"),
    "tenant-1": lambda: web("/checkout/17/", host="other.example"),
    "tenant-2": lambda: web("/product/3/", host="10.0.0.7"),
    "budget-price": lambda: web("/checkout/17/?people=2", X_Budget="much"),
    "feed": lambda: async_web("/feed/"),
    "feed-many": lambda: async_web("/feed/?limit=many"),
    "stock-1": lambda: async_web("/stock/1/?number=44"),
    "stock-2": lambda: async_web("/stock/2/?number=1"),
    "two-first": lambda: web("/two/first/"),
    "two-last": lambda: web("/two/last/"),
    "line-key": lambda: web("/line/key/"),
    "line-index": lambda: web("/line/index/"),
    "redirect-a": lambda: web("/go/a/"),
    "redirect-b": lambda: web("/go/b/?next=2"),
    "rest-list": lambda: web("/rest/orders/?when=2026-11-01"),
    "rest-get-1": lambda: web("/rest/orders/1/?when=2026-11-01"),
    "rest-get-2": lambda: web("/rest/orders/2/?when=2026-11-02"),
    "rest-create-1": lambda: web("/rest/orders/", "json", {"number": 1, "people": 0}),
    "rest-create-2": lambda: web("/rest/orders/", "json", {"number": 22, "people": 0}),
    "rest-pay-1": lambda: web("/rest/orders/1/pay/", "json", {}),
    "rest-pay-2": lambda: web("/rest/orders/2042/pay/", "json", {}),
    "rest-vault": lambda: web("/rest/vault/"),
    "rest-report-1": lambda: web("/rest/report/2024/"),
    "rest-report-2": lambda: web("/rest/report/2025/"),
}

FASTAPI = {
    "fast-async-1": lambda: fast_web("/async/A-17?when=2026-11-01"),
    "fast-async-2": lambda: fast_web("/async/B-2042?when=yesterday"),
    "fast-sync-1": lambda: fast_web("/sync/A-17?when=2026-11-01"),
    "fast-sync-2": lambda: fast_web("/sync/B-2042?when=yesterday"),
    "fast-me-1": lambda: fast_web("/me?token=b"),
    "fast-me-2": lambda: fast_web("/me?token=0a1b2c3d"),
    "fast-basket-11": lambda: fast_web("/basket/11"),
    "fast-basket-pay-12": lambda: fast_web("/basket/12/pay"),
    "fast-receipt": lambda: fast_web("/receipt"),
    "fast-bill": lambda: fast_web("/bill"),
    "fast-later-1": lambda: fast_web("/later?address=ann"),
    "fast-later-2": lambda: fast_web("/later?address=bob"),
    "fast-many-slow": lambda: fast_web("/many?names=a,slow-1"),
    "fast-many-slow-3": lambda: fast_web("/many?names=slow-1,slow-2,slow-3"),
    "fast-many-both": lambda: fast_web("/many?names=slow-1,bad-2"),
    "fast-many-both-turned": lambda: fast_web("/many?names=bad-1,x,slow-2,bad-3"),
}

CELERY = {
    "receipt-ann": lambda: task(tasks.send_receipt, 17, "ann@example.com"),
    "receipt-bob": lambda: task(tasks.send_receipt, 18, "bob@example.org"),
    "reminder-ann": lambda: task(tasks.send_reminder, 17, "ann@example.com"),
    "charge-17": lambda: task(tasks.charge, 17),
    "charge-18": lambda: task(tasks.charge, 18),
    "refresh-1": lambda: task(tasks.refresh, 1),
    "refresh-2": lambda: task(tasks.refresh, 2042),
    "nightly-mon": lambda: task(tasks.nightly, "monday"),
    "stock-take-5": lambda: task(tasks.stock_take, 5),
    "stock-take-6": lambda: task(tasks.stock_take, 6),
}

PLAIN = {
    "template-17": lambda: plain.log_template(17, "ann"),
    "template-18": lambda: plain.log_template("18-B", "bob"),
    "other-template": lambda: plain.log_other_template(17),
    "text-17": lambda: plain.log_text(17, "ann@example.com", 3.5),
    "text-18": lambda: plain.log_text(2042, "bob@example.org", 12),
    "audit-17": lambda: plain.log_audit_text(17, "ann@example.com", 3.5),
    "logged-a": lambda: plain.log_exception("A-17"),
    "logged-b": lambda: plain.log_exception("B-2042"),
    "message-3": lambda: plain.message(3, "2026-11-01 04:00:12"),
    "message-12": lambda: plain.message(12, "2026-11-02T04:00:09+00:00"),
    "message-skipped-1": lambda: plain.other_message("3fa85f64-5717-4562-b3fc-2c963f66afa6"),
    "message-skipped-2": lambda: plain.other_message("0b9fd0a2-22f0-4b0e-8d7f-97a5e4f3a111"),
    "group-one": lambda: plain.captured(plain.together, "ann", "zoe"),
    "group-three": lambda: plain.captured(plain.together, "zoe", "yan", "xaver"),
    "group-two-kinds": lambda: plain.captured(plain.together, "zoe", ""),
    "group-two-kinds-turned": lambda: plain.captured(plain.together, "", "ann", "yan", "zoe"),
    "group-nested": lambda: plain.captured(plain.nested),
    "recursion": lambda: plain.captured(services.forever, 1),
    "recursion-two": lambda: plain.captured(services.ping, 1),
    "recursion-two-deeper": lambda: plain.captured(threading.Thread(target=services.ping, args=(1,)).run),
    "walk-3": lambda: plain.captured(services.walk, deep("leaf", 3)),
    "walk-30": lambda: plain.captured(services.walk, deep("leaf-2", 30)),
    "descend-4": lambda: plain.captured(services.descend, deep([], 4)),
    "descend-9": lambda: plain.captured(services.descend, deep([], 10)),
    "pay-refused": lambda: plain.captured(services.pay, 17, 9),
    "pay-refused-2": lambda: plain.captured(services.pay, 18, 9),
    "pay-timeout": lambda: plain.captured(services.pay, 17, 0),
    "pay-quietly": lambda: plain.captured(services.pay_quietly, 17, 9),
    "pay-quietly-timeout": lambda: plain.captured(services.pay_quietly, 17, 0),
    "settle-17": lambda: plain.captured(services.settle, 17),
    "settle-18": lambda: plain.captured(services.settle, "eighteen"),
    "thread-zoe": lambda: plain.in_thread("zoe"),
    "thread-yan": lambda: plain.in_thread("yan"),
    "lambda-zoe": lambda: plain.captured(plain.by_lambda, "zoe"),
    "lambda-yan": lambda: plain.captured(plain.by_lambda, "yan"),
    "other-lambda": lambda: plain.captured(plain.by_other_lambda, "zoe"),
    "comprehension-1": lambda: plain.captured(plain.in_comprehension, [""]),
    "comprehension-2": lambda: plain.captured(plain.in_comprehension, ["a", "b", ""]),
    "named-bank": lambda: plain.with_fingerprint(9, "bank-down"),
    "named-bank-timeout": lambda: plain.with_fingerprint(0, "bank-down"),
    "named-other": lambda: plain.other_with_fingerprint("zoe", "bank-down"),
    "tenant-acme": lambda: plain.with_fingerprint(9, "{{ default }}", "acme"),
    "tenant-acme-again": lambda: plain.with_fingerprint(9, "{{ default }}", "acme"),
    "tenant-globex": lambda: plain.with_fingerprint(9, "{{ default }}", "globex"),
    "only-default": lambda: plain.with_fingerprint(9, "{{ default }}"),
    "given-up-3": lambda: plain.no_cause(3),
    "given-up-17": lambda: plain.no_cause(17),
}

"""Work for Celery."""

from celery import Celery, shared_task

from . import services

app = Celery("shop", broker="memory://", backend="cache+memory://", include=["shop.tasks"])
app.conf.update(task_store_eager_result=False, broker_connection_retry_on_startup=True, worker_hijack_root_logger=False)


class Busy(Exception):
    """Try again later."""


@shared_task
def send_receipt(order, address):
    """A task that fails at once."""
    names = {}
    return names[address], order


@shared_task
def send_reminder(order, address):
    """Another one, with the same fault elsewhere."""
    names = {}
    return names[address], order


@shared_task(bind=True, max_retries=2, default_retry_delay=0)
def charge(self, order):
    """Retried by hand: one event after the last try."""
    try:
        services.pay(order, port=9)
    except services.PaymentError as error:
        raise self.retry(exc=error, countdown=0)


@shared_task(autoretry_for=(Busy,), retry_backoff=False, max_retries=1, default_retry_delay=0)
def refresh(page):
    """Retried by itself."""
    raise Busy(f"page {page} is being drawn, 17.5% done")


@shared_task
def nightly(day):
    """Calls another task in its own process."""
    return send_receipt.apply(args=(day, "night@example.com"), throw=True)


@shared_task
def stock_take(product):
    """The same shelf as the pages use."""
    services.reserve(product, 1_000)

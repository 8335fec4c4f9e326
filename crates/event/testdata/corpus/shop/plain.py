"""Faults of plain Python: logging, messages, groups of exceptions, recursion, threads, fingerprints."""

import asyncio
import logging
import threading

import sentry_sdk

from . import services

log = logging.getLogger("shop.import")
audit = logging.getLogger("shop.audit")


def captured(work, *arguments):
    """Does it, and reports what goes wrong: what each of these faults passes through."""
    try:
        work(*arguments)
    except Exception as error:
        sentry_sdk.capture_exception(error)


def log_template(order, name):
    """A template with values."""
    log.error("payment of order %s by %s failed", order, name)


def log_other_template(order):
    """Another template."""
    log.error("refund of order %s failed", order)


def log_text(order, address, seconds):
    """A text made before it was logged."""
    log.error(f"order {order} of {address} took {seconds:.2f} s")


def log_audit_text(order, address, seconds):
    """The same text by another logger."""
    audit.error(f"order {order} of {address} took {seconds:.2f} s")


def log_exception(sku):
    """A logged exception: the text names another order each time."""
    try:
        services.price_of(sku, "2026-11-01")
    except ValueError:
        log.exception("could not price %s", sku)


def message(count, when):
    """A message."""
    sentry_sdk.capture_message(f"import finished at {when} with {count} errors", level="warning")


def other_message(file):
    """Another one."""
    sentry_sdk.capture_message(f"import skipped {file}", level="warning")


def user_of(name):
    """Looks someone up."""
    return {"ann": 1}[name]


async def gather(names):
    """Looks several up at once."""
    async with asyncio.TaskGroup() as group:
        for name in names:
            group.create_task(find(name))


async def find(name):
    """One of them."""
    await asyncio.sleep(0)
    if name == "":
        raise ValueError("no name")
    return user_of(name)


def together(*names):
    """All of them, from code that knows nothing of loops."""
    asyncio.run(gather(names))


def nested():
    """A group within a group."""
    faults = []
    for name in ("zoe", "yan"):
        try:
            user_of(name)
        except KeyError as error:
            faults.append(error)
    raise ExceptionGroup("outer", [ExceptionGroup("inner", faults)])


def in_thread(name):
    """Fails in a thread of its own."""
    worker = threading.Thread(target=user_of, args=(name,))
    worker.start()
    worker.join()


def by_lambda(name):
    """One function without a name."""
    return (lambda who: {"ann": 1}[who])(name)


def by_other_lambda(name):
    """Another one, in the same module."""
    return (lambda who: {"bob": 2}[who])(name)


def in_comprehension(names):
    """Fails within a comprehension."""
    return [1 / len(name) for name in names]


def with_fingerprint(port, *parts):
    """A fault that the program groups itself."""
    with sentry_sdk.new_scope() as scope:
        scope.fingerprint = list(parts)
        captured(services.call_bank, port)


def other_with_fingerprint(name, *parts):
    """Another one under the same name."""
    with sentry_sdk.new_scope() as scope:
        scope.fingerprint = list(parts)
        captured(user_of, name)


def no_cause(order):
    """An exception with no stack of its own: made, never raised."""
    sentry_sdk.capture_exception(services.PaymentError(f"order {order} given up after {order * 3} tries"))

"""Runs a file of cases and prints each event as a line of JSON: `python -m shop django shop@1`."""

import contextlib
import json
import os
import sys

import sentry_sdk
from sentry_sdk.transport import Transport


class Kept(Transport):
    """Keeps events in place of sending them."""

    events = []

    def capture_envelope(self, envelope):
        """Takes the event out of what would have been sent."""
        event = envelope.get_event()
        if event is not None:
            self.events.append(event)


def start(family, release):
    """Starts what the family needs."""
    sentry_sdk.init(
        dsn="http://0123456789abcdef0123456789abcdef@127.0.0.1/1",
        transport=Kept,
        release=release,
        environment="production",
        server_name="3f2a9c81d04e",
        send_default_pii=True,
        traces_sample_rate=0,
    )
    import django

    os.environ["DJANGO_SETTINGS_MODULE"] = "shop.settings"
    django.setup()
    from django.db import connection

    from . import models

    with connection.schema_editor() as editor:
        editor.create_model(models.Customer)
        editor.create_model(models.Product)


@contextlib.contextmanager
def worker(family):
    """A worker for tasks, where the family needs one."""
    if family != "celery":
        yield
        return
    from celery.contrib.testing.worker import start_worker

    from . import tasks

    with start_worker(tasks.app, pool="solo", perform_ping_check=False, loglevel="critical"):
        yield


def main(family, release):
    """Every case of the family must make one event."""
    start(family, release)
    from . import cases

    failed = []
    running = worker(family)
    running.__enter__()
    for name, case in getattr(cases, family.upper()).items():
        sentry_sdk.get_isolation_scope().clear()
        sentry_sdk.set_user({"id": len(name), "email": f"{name}@example.com"})
        Kept.events.clear()
        case()
        if len(Kept.events) != 1:
            told = [event.get("exception", event).get("values", [{}])[-1].get("type") for event in Kept.events]
            failed.append(f"{name}: {len(Kept.events)} events: {told}")
            continue
        print(json.dumps({"case": name, "event": Kept.events[0]}, separators=(",", ":"), default=str))
    sys.stdout.flush()
    if failed:
        sys.exit("\n".join(failed))
    os._exit(0)


main(*sys.argv[1:])

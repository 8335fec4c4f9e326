"""A shop's tasks: nothing in it but the SDK, which finds the DSN in the environment. `celery -A celery_shop worker` and
`… beat` run it; `python celery_shop.py 17` orders."""

import os
import sys

import sentry_sdk
from celery import Celery
from celery.schedules import crontab, schedstate
from sentry_sdk.integrations.celery import CeleryIntegration

sentry_sdk.init(traces_sample_rate=1.0, integrations=[CeleryIntegration(monitor_beat_tasks=True)])

app = Celery("celery_shop", broker=os.environ["BROKER"])


class AtOnce(crontab):
    """Every night at four, and once at the start."""

    first = None

    def is_due(self, last_run_at):
        AtOnce.first = AtOnce.first or last_run_at
        return schedstate(last_run_at == AtOnce.first, 3600)


app.conf.beat_schedule = {"nightly-report": {"task": "celery_shop.report", "schedule": AtOnce(minute=0, hour=4)}}


@app.task
def report():
    return "done"


@app.task(bind=True, max_retries=2)
def charge(self, order):
    try:
        {}[order]
    except KeyError as error:
        raise self.retry(exc=error, countdown=0)


if __name__ == "__main__":
    for order in sys.argv[1:]:
        charge.delay(order)
    sentry_sdk.flush(30)

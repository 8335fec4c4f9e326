import os

import sentry_sdk
from sentry_sdk.integrations.celery import CeleryIntegration

sentry_sdk.init(
    dsn="%DSN%",
    environment=os.environ.get("ENVIRONMENT", "production"),
    release=os.environ.get("RELEASE"),
    traces_sample_rate=1.0,  # how long tasks take; 0 turns it off
    integrations=[CeleryIntegration(monitor_beat_tasks=True)],  # tells when beat misses a task
)

import os

import sentry_sdk

sentry_sdk.init(
    dsn="%DSN%",
    environment=os.environ.get("ENVIRONMENT", "production"),
    release=os.environ.get("RELEASE"),
    traces_sample_rate=1.0,  # how long requests take; 0 turns it off
)

"""Sends messages one after the other, and prints after each whether the SDK holds itself back."""

import sys
import time

import sentry_sdk

sentry_sdk.init()
transport = sentry_sdk.get_client().transport
for number in range(int(sys.argv[1])):
    sentry_sdk.capture_message(f"message {number}")
    sentry_sdk.flush(30)
    waits = [until.timestamp() - time.time() for until in transport._disabled_until.values()]
    print("limited" if waits and max(waits) > 0 else "sent")

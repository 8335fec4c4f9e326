"""A shop on Django: nothing in it but the SDK, which finds the DSN in the environment. Makes two users fail in one
place, logs, sends a message of the caller's and ends."""

import logging
import sys
import threading
import urllib.error
import urllib.request
from wsgiref.simple_server import make_server

import sentry_sdk
from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.http import HttpResponse
from django.urls import path

sentry_sdk.init(traces_sample_rate=1.0, send_default_pii=True, enable_logs=True)
logging.basicConfig(level=logging.INFO)
log = logging.getLogger("shop")


def checkout(request, cart):
    sentry_sdk.set_user({"id": request.GET["user"], "email": f"{request.GET['user']}@example.com"})
    log.info("checking out cart %s", cart)
    card, people = "4111 1111 1111 1111", 0
    return HttpResponse(f"{card} pays {cart / people}")


def fine(request):
    return HttpResponse("fine")


settings.configure(
    SECRET_KEY="x", ALLOWED_HOSTS=["*"], ROOT_URLCONF=__name__, LOGGING_CONFIG=None, MIDDLEWARE=[], INSTALLED_APPS=[]
)
urlpatterns = [path("checkout/<int:cart>/", checkout), path("fine/", fine)]
server = make_server("127.0.0.1", 0, get_wsgi_application())
threading.Thread(target=server.serve_forever, daemon=True).start()


def status(path):
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{server.server_port}{path}") as answer:
            return answer.status
    except urllib.error.HTTPError as answer:
        return answer.code


for cart, user in [(17, "ann"), (2042, "bob"), (18, "ann")]:
    assert status(f"/checkout/{cart}/?user={user}") == 500
assert status("/fine/") == 200
for order in (17, 2042):
    log.error(f"order {order} is late by {order * 2} s")
sentry_sdk.capture_message(sys.argv[1])
sentry_sdk.flush(30)
# Whether the bodies were packed with brotli: the SDK does so where it is installed.
print("br" if "brotli" in sys.modules else "gzip")

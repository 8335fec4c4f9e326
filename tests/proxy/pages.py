"""A Django site in one file: for gunicorn `pages:wsgi`, for uvicorn `pages:asgi`, which speaks websockets too."""

import asyncio
import hashlib
import time

from django.conf import settings

settings.configure(
    ALLOWED_HOSTS=["site.example"],
    ROOT_URLCONF=__name__,
    SECRET_KEY="for tests only",
    SECURE_PROXY_SSL_HEADER=("HTTP_X_FORWARDED_PROTO", "https"),
    DATA_UPLOAD_MAX_MEMORY_SIZE=None,
)

from django.core.asgi import get_asgi_application
from django.core.wsgi import get_wsgi_application
from django.http import HttpResponse, JsonResponse, StreamingHttpResponse
from django.urls import path


def facts(request):
    return JsonResponse(
        {
            "host": request.get_host(),
            "secure": request.is_secure(),
            "client": request.META["HTTP_X_FORWARDED_FOR"],
            "request_id": request.META["HTTP_X_REQUEST_ID"],
            "user": request.META.get("HTTP_X_AUTH_USER"),
            "path": request.path,
        }
    )


def upload(request):
    digest, length = hashlib.sha256(), 0
    while piece := request.read(1 << 16):
        digest.update(piece)
        length += len(piece)
    return HttpResponse(f"{length} {digest.hexdigest()}")


def stream(request):
    def numbers():
        for number in range(3):
            yield f"{number}\n"
            time.sleep(0.3)

    async def numbers_async():
        for number in range(3):
            yield f"{number}\n"
            await asyncio.sleep(0.3)

    is_async = hasattr(request, "scope")
    return StreamingHttpResponse(numbers_async() if is_async else numbers(), content_type="text/plain")


urlpatterns = [path("facts", facts), path("upload", upload), path("stream", stream)]

wsgi = get_wsgi_application()
django = get_asgi_application()


async def asgi(scope, receive, send):
    if scope["type"] != "websocket":
        if scope["type"] == "http":
            await django(scope, receive, send)
        return
    await receive()
    await send({"type": "websocket.accept"})
    while (event := await receive())["type"] == "websocket.receive":
        await send({"type": "websocket.send", "text": event.get("text"), "bytes": event.get("bytes")})

"""What every request of the shop passes."""

import time

from asgiref.sync import iscoroutinefunction, markcoroutinefunction

TENANTS = {"shop.example": 1, "testserver": 1}


class TenantMiddleware:
    """Finds whose shop it is; an unknown host is a fault of ours."""

    sync_capable = async_capable = True

    def __init__(self, get_response):
        self.get_response = get_response
        if iscoroutinefunction(get_response):
            markcoroutinefunction(self)

    def __call__(self, request):
        request.tenant = TENANTS[request.get_host()]
        return self.get_response(request)


def timing(get_response):
    """Tells how long it took, and breaks on a header that says so."""

    def measure(request):
        begin = time.monotonic()
        response = get_response(request)
        budget = int(request.headers.get("X-Budget", "1000"))
        response["X-Left"] = str(budget - (time.monotonic() - begin))
        return response

    async def measure_async(request):
        return await get_response(request)

    return markcoroutinefunction(measure_async) if iscoroutinefunction(get_response) else measure

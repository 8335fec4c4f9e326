"""A shop on FastAPI: nothing in it but the SDK, which finds the DSN in the environment."""

import asyncio

import httpx
import sentry_sdk
from fastapi import FastAPI

sentry_sdk.init(traces_sample_rate=1.0)
app = FastAPI()


@app.get("/price/{sku}")
async def price(sku: str):
    with sentry_sdk.start_span(op="db.query", name="SELECT price"):
        await asyncio.sleep(0.01)
    return {}[sku]


async def main():
    transport = httpx.ASGITransport(app=app, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://shop.example") as client:
        for sku in ("a", "b"):
            assert (await client.get(f"/price/{sku}")).status_code == 500


asyncio.run(main())
sentry_sdk.flush(30)

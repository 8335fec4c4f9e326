"""The shop by FastAPI."""

import asyncio

from fastapi import BackgroundTasks, Depends, FastAPI
from pydantic import BaseModel

from . import services

app = FastAPI()


class Receipt(BaseModel):
    """What an order answers."""

    number: int


def shopper(token: str):
    """Who is asking."""
    return {"a": "ann"}[token]


async def basket(basket_id: int):
    """Their basket, if it is not gone."""
    if basket_id > 10:
        raise LookupError(f"basket {basket_id} is gone")
    return basket_id


@app.get("/async/{sku}")
async def by_loop(sku: str, when: str):
    """Works in the loop."""
    return services.price_of(sku, when)


@app.get("/sync/{sku}")
def by_thread(sku: str, when: str):
    """Works in a thread."""
    return services.price_of(sku, when)


@app.get("/me")
async def me(name: str = Depends(shopper)):
    """Needs to know who asks."""
    return name


@app.get("/basket/{basket_id}")
async def show(found: int = Depends(basket)):
    """Needs a basket."""
    return found


@app.get("/basket/{basket_id}/pay")
async def pay(found: int = Depends(basket)):
    """Needs it too."""
    return found


@app.get("/receipt", response_model=Receipt)
async def receipt():
    """Answers what it did not promise."""
    return {"number": "none"}


class Bill(BaseModel):
    """What a bill answers."""

    total: int


@app.get("/bill", response_model=Bill)
async def bill():
    """Nor does it: the library finds the same fault in the same place."""
    return {"total": "none"}


async def mail(address):
    """Sent after the answer."""
    return address.split("@")[1]


@app.get("/later")
async def later(address: str, tasks: BackgroundTasks):
    """Answers first, fails afterwards."""
    tasks.add_task(mail, address)
    return {}


async def fetch(name):
    """One page of many."""
    await asyncio.sleep(0)
    if name.startswith("slow"):
        raise TimeoutError(f"{name} took 3.5 s")
    if name.startswith("bad"):
        raise ValueError(f"{name} is no page")
    return name


@app.get("/many")
async def many(names: str):
    """Several at once, in a group of tasks."""
    async with asyncio.TaskGroup() as group:
        for name in names.split(","):
            group.create_task(fetch(name))
    return {}

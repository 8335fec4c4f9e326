"""The shop's own work, away from the web."""

import socket

from django.db import connection, connections

from . import models


class PaymentError(Exception):
    """The payment did not come through."""


class OutOfStock(Exception):
    """Nothing left to sell."""


def total(cart_id, lines, people):
    """The bill for each of them."""
    pence = sum(price * number for price, number in lines)
    return cart_id, pence / people


def price_of(sku, when):
    """The price at a day; there never is one."""
    prices = {}
    if sku not in prices:
        raise ValueError(f"no price for {sku} at {when}: 0x{hash(sku) & 0xFFFF:04x}")
    return prices[sku]


def reserve(product_id, number):
    """Takes goods from the shelf."""
    shelf = {"1": 3}
    if shelf.get(str(product_id), 0) < number:
        raise OutOfStock(f"{number} of {product_id} wanted")


def register(email):
    """A new customer, by hand-written SQL."""
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO shop_customer (email) VALUES (%s)", [email])


def invoices_of(number):
    """Reads a table that is not there."""
    return list(models.Invoice.objects.filter(number=number))


def balance(account):
    """Asks the ledger, which is down."""
    with connections["ledger"].cursor() as cursor:
        cursor.execute("SELECT sum(pence) FROM entry WHERE account = %s", [account])
        return cursor.fetchone()


def call_bank(port):
    """Speaks to the bank."""
    if port == 0:
        raise TimeoutError("the bank did not answer within 3.2s")
    with socket.create_connection(("127.0.0.1", port), timeout=1):
        pass


def pay(order, port):
    """Pays, and says what it was for when that fails."""
    try:
        call_bank(port)
    except OSError as cause:
        raise PaymentError(f"order {order} not paid") from cause


def pay_quietly(order, port):
    """Pays, and hides why it failed."""
    try:
        call_bank(port)
    except OSError:
        raise PaymentError(f"order {order} not paid") from None


def settle(order):
    """Fails while it handles a failure."""
    try:
        pay(order, 9)
    except PaymentError:
        pending = {}
        return pending[order]


def walk(tree, depth=0):
    """Counts leaves; a leaf that is no number breaks it, at any depth."""
    if isinstance(tree, list):
        return sum(walk(branch, depth + 1) for branch in tree)
    return int(tree)


def descend(node):
    """Goes down a list of one."""
    if not node:
        raise LookupError("nothing at the bottom")
    return descend_further(node[0])


def descend_further(node):
    """The other half of it."""
    return descend(node)


def forever(number):
    """Never ends."""
    return forever(number + 1) + 1


def ping(number):
    """Never ends, by way of another."""
    return pong(number) + 1


def pong(number):
    """Never ends either."""
    return ping(number + 1) + 1

"""The pages."""

import functools

from asgiref.sync import sync_to_async
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.decorators import method_decorator
from django.views import View

from . import models, services


def counted(view):
    """A decorator as every shop has one."""

    @functools.wraps(view)
    def wrapper(request, *args, **kwargs):
        request.counted = True
        return view(request, *args, **kwargs)

    return wrapper


def checkout(request, cart_id):
    """Splits the bill among nobody."""
    services.total(cart_id, [(199, 2)], people=int(request.GET.get("people", 0)))
    return HttpResponse("paid")


def product(request, product_id):
    """One product."""
    found = models.Product.objects.get(pk=product_id)
    return HttpResponse(found.name)


def add_to_cart(request, product_id):
    """Puts one in the cart."""
    wanted = models.Product.objects.get(pk=product_id)
    return HttpResponse(wanted.name)


def price(request, sku):
    """The price today."""
    return HttpResponse(services.price_of(sku, request.GET["when"]))


def order(request, product_id):
    """Orders goods."""
    services.reserve(product_id, int(request.GET["number"]))
    return HttpResponse("ordered")


def gift(request, product_id):
    """Orders goods for someone else: the same shelf, another way to it."""
    services.reserve(product_id, number=1 + int(request.GET["number"]))
    return HttpResponse("sent")


def sign_up(request):
    """A new customer."""
    services.register(request.POST["email"])
    return HttpResponse("welcome")


def invoice(request, number):
    """An invoice."""
    return HttpResponse(str(services.invoices_of(number)))


def account(request, number):
    """What is on an account."""
    return HttpResponse(str(services.balance(number)))


def statement(request, number):
    """What was on it."""
    return HttpResponse("statement: %s" % services.balance(number))


@counted
def wishes(request):
    """A page behind a decorator."""
    return HttpResponse(request.GET["list"])


@counted
def friends(request):
    """Another page behind it."""
    return HttpResponse(request.GET["circle"])


@counted
@counted
def secrets(request):
    """A page behind it twice."""
    return HttpResponse(request.GET["word"])


class Basket(View):
    """A class-based view."""

    def get(self, request, basket_id):
        """Shows it."""
        return HttpResponse({}[basket_id])

    @method_decorator(counted)
    def post(self, request, basket_id):
        """Changes it."""
        return HttpResponse({}[basket_id])


def page(request, name):
    """Draws the template of that name."""
    return render(request, f"shop/{name}.html", {"pence": request.GET.get("pence", "12a"), "rows": range(3)})


def letter(request):
    """Draws one by Jinja."""
    return render(request, "letter.html", {"name": request.GET.get("name")}, using="jinja")


async def feed(request):
    """An asynchronous page."""
    limit = int(request.GET["limit"])
    return HttpResponse("x" * limit)


async def stock(request, product_id):
    """An asynchronous page over work in a thread."""
    await sync_to_async(services.reserve)(product_id, int(request.GET["number"]))
    return HttpResponse("there")


def two_faults(request, which):
    """Two faults of one type in one function."""
    empty = []
    if which == "first":
        return HttpResponse(empty[0])
    return HttpResponse(empty[-1])


def one_line(request, which):
    """Two types on one line."""
    return HttpResponse({"key": [{}["a"]] if which == "key" else [][1]}["key"])

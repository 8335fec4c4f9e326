"""Where the pages are."""

from django.urls import include, path
from django.views.generic import RedirectView
from rest_framework.routers import SimpleRouter

from . import rest, views

router = SimpleRouter()
router.register("orders", rest.Orders, basename="order")

urlpatterns = [
    path("checkout/<int:cart_id>/", views.checkout),
    path("v2/checkout/<int:cart_id>/now/", views.checkout),
    path("product/<int:product_id>/", views.product),
    path("cart/add/<int:product_id>/", views.add_to_cart),
    path("price/<str:sku>/", views.price),
    path("order/<int:product_id>/", views.order),
    path("gift/<int:product_id>/", views.gift),
    path("sign-up/", views.sign_up),
    path("invoice/<str:number>/", views.invoice),
    path("account/<str:number>/", views.account),
    path("statement/<str:number>/", views.statement),
    path("wishes/", views.wishes),
    path("friends/", views.friends),
    path("secrets/", views.secrets),
    path("basket/<int:basket_id>/", views.Basket.as_view()),
    path("page/<str:name>/", views.page),
    path("letter/", views.letter),
    path("feed/", views.feed),
    path("stock/<int:product_id>/", views.stock),
    path("two/<str:which>/", views.two_faults),
    path("line/<str:which>/", views.one_line),
    path("go/<str:name>/", RedirectView.as_view(url="/%(nowhere)s/")),
    path("rest/", include(router.urls)),
    path("rest/vault/", rest.Vault.as_view()),
    path("rest/report/<int:year>/", rest.report),
]

"""The shop by REST framework."""

from rest_framework import permissions, serializers, views, viewsets
from rest_framework.decorators import action, api_view
from rest_framework.response import Response

from . import services


class OrderSerializer(serializers.Serializer):
    """An order; its check divides by what was sent."""

    number = serializers.IntegerField()
    people = serializers.IntegerField()

    def validate(self, attrs):
        """Everyone pays the same."""
        attrs["each"] = 1000 / attrs["people"]
        return attrs


class Owner(permissions.BasePermission):
    """Lets in whom the header names."""

    def has_permission(self, request, view):
        """Fails when it names nobody."""
        return request.headers["X-Owner"] == "me"


class Orders(viewsets.ViewSet):
    """Orders by REST."""

    def list(self, request):
        """All of them."""
        return Response(services.price_of("list", request.query_params["when"]))

    def retrieve(self, request, pk=None):
        """One of them."""
        return Response(services.price_of(pk, request.query_params["when"]))

    def create(self, request):
        """A new one."""
        order = OrderSerializer(data=request.data)
        order.is_valid(raise_exception=True)
        return Response(order.validated_data)

    @action(detail=True, methods=["post"])
    def pay(self, request, pk=None):
        """Pays one."""
        services.pay(pk, port=9)
        return Response({})


class Vault(views.APIView):
    """Behind a permission."""

    permission_classes = [Owner]

    def get(self, request):
        """Never reached."""
        return Response({})


@api_view(["GET"])
def report(request, year):
    """A function under REST framework."""
    return Response({"mean": sum([]) / len([]), "year": year})

"""Filters for money."""

from django import template

register = template.Library()


@register.filter
def pounds(pence):
    """Pence as pounds."""
    return "£%.2f" % (int(pence) / 100)


@register.filter
def share(pence, people):
    """What each of them pays."""
    return pounds(int(pence) // int(people))

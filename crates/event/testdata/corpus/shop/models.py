"""What is sold, and to whom."""

from django.db import models


class Customer(models.Model):
    """Someone with an address that no one else has."""

    email = models.CharField(max_length=120, unique=True)


class Product(models.Model):
    """Something in the window."""

    name = models.CharField(max_length=80)
    pence = models.IntegerField(default=0)


class Invoice(models.Model):
    """A table that no migration ever made."""

    number = models.CharField(max_length=20)

    class Meta:
        """Only here to be missed."""

        managed = False
        db_table = "billing_invoice"

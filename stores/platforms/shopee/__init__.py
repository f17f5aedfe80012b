"""Shopee: Seller Centre exports in the languages of its markets."""

from stores.platforms.shopee.orders import FORMATS

__all__ = ["FORMATS"]

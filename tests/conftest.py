"""How the whole suite is run."""

from tests.order import pytest_collection, pytest_collection_modifyitems

__all__ = ["pytest_collection", "pytest_collection_modifyitems"]

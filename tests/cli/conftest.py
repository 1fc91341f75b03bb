from tests.endpoint import endpoint

__all__ = ["endpoint"]

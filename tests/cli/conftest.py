from tests.endpoint import endpoint
from tests.grading import live, project

__all__ = ["endpoint", "live", "project"]

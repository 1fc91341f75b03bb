from tests.collector import collector
from tests.endpoint import endpoint
from tests.grading import live, project

__all__ = ["collector", "endpoint", "live", "project"]

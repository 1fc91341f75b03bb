from tests.workflows.scripted import make_session

__all__ = ["make_session"]

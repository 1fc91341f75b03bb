"""How much room an installed answerbot takes, beside openai alone.

    python benchmarks/size.py [--json]

Each is installed by pip into a virtual environment of its own, answerbot from this checkout. What
is counted are the bytes of all files in `site-packages` that are not pip's own, compiled modules
included, in millions. It takes a minute or two, and a package index.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
import venv
from collections import Counter
from pathlib import Path

from benchmarks.figures import Figure, Target, print_lines

ROOT = Path(__file__).resolve().parent.parent
INSTALLED = {"openai": "openai", "answerbot": str(ROOT)}
PIPS_OWN = (
    "pip",
    "setuptools",
    "wheel",
    "_distutils_hack",
    "pkg_resources",
    "distutils-precedence",
)
LIMIT = 2.0
SHOWN = 15


def sizes(what: str, folder: Path) -> Counter[str]:
    """The bytes of each package once `what` is installed into an empty environment there."""
    venv.create(folder, with_pip=True)
    (packages,) = folder.glob("lib/python*/site-packages")
    python = folder / "bin" / "python"
    subprocess.run(
        [python, "-m", "pip", "install", "-q", "--disable-pip-version-check", what],
        check=True,
        stdout=sys.stderr,
    )
    found: Counter[str] = Counter()
    for path in packages.rglob("*"):
        top = path.relative_to(packages).parts[0]
        if path.is_file() and not top.startswith(PIPS_OWN):
            found[name_of(top)] += path.stat().st_size
    return found


def name_of(top: str) -> str:
    """The package that a folder or a file belongs to: what is compiled and told of it, too."""
    name = top.split("-")[0].split(".")[0]
    return name if name != "__pycache__" else "single modules"


def main() -> None:
    """Print what each takes and what weighs most, or the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true", help="figures, one JSON object a line")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        taken = {name: sizes(what, Path(folder) / name) for name, what in INSTALLED.items()}
    total = {name: sum(found.values()) / 1e6 for name, found in taken.items()}
    ratio = total["answerbot"] / total["openai"]
    if asked.json:
        size = total["answerbot"]
        print_lines(
            [Figure("install size", size, "MB", bare=ratio, target=Target("bare", "<=", LIMIT))]
        )
        return
    print("| installed | MB |\n| --- | ---: |")
    for name, size in total.items():
        print(f"| {name} | {size:.0f} |")
    print(f"\nanswerbot takes {ratio:.2f} times what openai takes (limit: {LIMIT:g}).\n")
    print("| of answerbot | MB | comes with openai too |\n| --- | ---: | --- |")
    for name, size in taken["answerbot"].most_common(SHOWN):
        print(f"| {name} | {size / 1e6:.1f} | {'yes' if name in taken['openai'] else ''} |")


if __name__ == "__main__":
    main()

"""How much room an installed answerbot takes, beside openai alone.

    python benchmarks/size.py [--json]

Each is installed by pip into a virtual environment of its own, answerbot from this checkout. What
is counted are the bytes of all files in `site-packages`, compiled modules included, in millions:
all of them, as they lie there afterwards, and those that are not pip's own. It takes a minute or
two, and a package index.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
import venv
from collections import Counter
from collections.abc import Mapping
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
PIP = "pip and what it brings"
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
        if path.is_file():
            found[PIP if top.startswith(PIPS_OWN) else name_of(top)] += path.stat().st_size
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
    own = {name: (sum(found.values()) - found[PIP]) / 1e6 for name, found in taken.items()}
    whole = {name: sum(found.values()) / 1e6 for name, found in taken.items()}
    if asked.json:
        print_lines([figure("with pip", whole), figure("without pip", own)])
        return
    print("| installed | MB, with pip | without |\n| --- | ---: | ---: |")
    for name in INSTALLED:
        print(f"| {name} | {whole[name]:.0f} | {own[name]:.0f} |")
    times = [size["answerbot"] / size["openai"] for size in (whole, own)]
    print(f"| times (limit: {LIMIT:g} with pip) | {times[0]:.2f} | {times[1]:.2f} |\n")
    print("| of answerbot | MB | comes with openai too |\n| --- | ---: | --- |")
    for name, size in taken["answerbot"].most_common(SHOWN):
        print(f"| {name} | {size / 1e6:.1f} | {'yes' if name in taken['openai'] else ''} |")


def figure(how: str, size: Mapping[str, float]) -> Figure:
    """The size of an environment with answerbot, beside that of one with openai."""
    target = Target("bare", "<=", LIMIT) if how == "with pip" else None
    ratio = size["answerbot"] / size["openai"]
    return Figure(f"install size {how}", size["answerbot"], "MB", bare=ratio, target=target)


if __name__ == "__main__":
    main()

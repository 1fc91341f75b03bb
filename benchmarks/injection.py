"""How many points hostile answers gain from a judge that reads them, by class of attack.

A sample of `tests/data/injection.yaml`, the first two answers of each class, is graded as a user
would grade them, from the recordings in `injection/recordings`. None of them contains a right
answer, so whatever they earn they gained. What a judge that is fooled completely could give away is
tested elsewhere, without any model (`tests/test_injection.py`).

    python benchmarks/injection.py [--words]

To record, with an endpoint configured:

    python benchmarks/injection.py --live
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from collections import defaultdict
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).resolve().parent.parent
HERE = ROOT / "benchmarks" / "injection"
CASES = ROOT / "tests" / "data" / "injection.yaml"
A_CLASS = 2


def sample() -> list[dict[str, Any]]:
    """The first answers of each class."""
    classes: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for case in yaml.safe_load(CASES.read_text("utf-8")):
        classes[case["class"]].append(case)
    return [case for cases in classes.values() for case in cases[:A_CLASS]]


def grades(cases: list[dict[str, Any]], *flags: str) -> list[dict[str, Any]]:
    """What `answerbot grade` makes of the answers."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "answers.jsonl"
        lines = [
            json.dumps({"candidate": c["id"], "question": c["question"], "answer": c["answer"]})
            for c in cases
        ]
        path.write_text("\n".join(lines) + "\n", "utf-8")
        command = [sys.executable, "-m", "answerbot", "grade", str(path), "--json", *flags]
        done = subprocess.run(command, cwd=HERE, stdout=subprocess.PIPE, check=False)
    found: list[dict[str, Any]] = json.loads(done.stdout)["grades"]
    return found


def main() -> None:
    """Print the table, and with `--words` every answer that gained something."""
    flags = ["--replay"]
    if "--live" in sys.argv:
        (HERE / "recordings").mkdir(exist_ok=True)
        (HERE / "recordings" / "answers.jsonl").unlink(missing_ok=True)
        flags = ["--live", "--yes", "--record", "recordings/answers.jsonl"]
    cases = sample()
    found = {grade["candidate"]: grade for grade in grades(cases, *flags)}
    print("| class | answers | gained points | of these set aside | set aside | not graded |")
    print("| --- | ---: | ---: | ---: | ---: | ---: |")
    classes: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for case in cases:
        classes[case["class"]].append(found[case["id"]])
    for name, some in {**classes, "all": list(found.values())}.items():
        gained = [grade for grade in some if grade["score"]]
        caught = [grade for grade in gained if grade["status"] == "review"]
        aside = [grade for grade in some if grade["status"] == "review"]
        none = [grade for grade in some if grade["status"] == "ungraded"]
        print(
            f"| {name} | {len(some)} | {len(gained)} | {len(caught)} | {len(aside)} | {len(none)} |"
        )
    if "--words" in sys.argv:
        for grade in found.values():
            if grade["score"]:
                print(f"\n{grade['candidate']}: {grade['score']} of {grade['possible']}")
                for verdict in grade["verdicts"]:
                    for evidence in verdict["evidence"]:
                        print(f"  {verdict['criterion']}: {evidence['quote']!r}")


if __name__ == "__main__":
    main()

"""How long `answerbot grade` takes for 300 answers from recordings, and what a judgement costs.

The answers are exemplars of the shipped rubrics, whose judgements are recorded. Each run is a
process of its own, from its start to its end. Beside it runs a bare loop that reads the same files,
parses every recorded reply and adds up its verdicts, and the estimate of the same answers.

    python benchmarks/grade.py [ANSWERS]
"""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path
from time import perf_counter

from answerbot.adapters.recordings import load_recordings
from answerbot.domain.rubric import parse_rubric

ROOT = Path(__file__).parent.parent
RUBRICS = ROOT / "rubrics"
RUNS = 5

BARE = """
import json, sys
from pathlib import Path
recorded = {}
for path in sorted(Path(sys.argv[2]).glob("*.jsonl")):
    for line in path.read_text("utf-8").splitlines():
        one = json.loads(line)
        recorded[one["label"]] = json.loads(one["reply"]["text"])
met = 0
for line in Path(sys.argv[1]).read_text("utf-8").splitlines():
    answer = json.loads(line)
    reply = recorded[f'{answer["candidate"]}/{answer["question"]} judge']
    met += sum(claim["verdict"] == "met" for claim in reply["criteria"])
print(met)
"""


def write_answers(path: Path, most: int) -> int:
    """Write exemplars as answers of candidates; how many there were."""
    answers = []
    for file in sorted(RUBRICS.glob("*.yaml")):
        rubric = parse_rubric(file.read_text("utf-8"), str(file))
        answers += [
            {
                "candidate": f"{rubric.id}/{exemplar.id}",
                "question": rubric.questions[0],
                "answer": exemplar.answer.strip(),
            }
            for exemplar in rubric.exemplars
        ]
    lines = [json.dumps(answer, ensure_ascii=False) for answer in answers[:most]]
    path.write_text("\n".join(lines) + "\n", "utf-8")
    return len(lines)


def seconds(command: list[str]) -> list[float]:
    """What each run of the command took."""
    times = []
    for _ in range(RUNS):
        start = perf_counter()
        done = subprocess.run(command, cwd=ROOT, capture_output=True, check=False)
        times.append(perf_counter() - start)
        assert done.returncode == 0, done.stderr.decode()
    return times


def main() -> None:
    """Print the table."""
    most = int(sys.argv[1]) if len(sys.argv) > 1 else 300
    program = [sys.executable, "-m", "answerbot", "grade"]
    with tempfile.TemporaryDirectory() as folder:
        answers = Path(folder) / "answers.jsonl"
        number = write_answers(answers, most)
        commands = {
            "bare loop": [sys.executable, "-c", BARE, str(answers), str(RUBRICS / "recordings")],
            "grade --replay --json": [*program, str(answers), "--replay", "--json"],
            "grade --replay -o r.html": [
                *program, str(answers), "--replay", "-o", f"{folder}/r.html",
            ],
            "grade --estimate --json": [*program, str(answers), "--estimate", "--json"],
        }  # fmt: skip
        print(f"{number} answers, {RUNS} cold runs each, seconds")
        for name, command in commands.items():
            times = seconds(command)
            print(f"  {name:26} median {statistics.median(times):.2f}, worst {max(times):.2f}")
    replies = [
        one
        for one in load_recordings([RUBRICS / "recordings"]).all()
        if one.label.endswith(" judge") and one.reply.usage
    ]
    tokens_in = statistics.mean(one.reply.usage.input_tokens for one in replies if one.reply.usage)
    tokens_out = statistics.mean(
        one.reply.usage.output_tokens for one in replies if one.reply.usage
    )
    print(f"a judgement: {tokens_in:.0f} tokens in, {tokens_out:.0f} out ({len(replies)} recorded)")


if __name__ == "__main__":
    main()

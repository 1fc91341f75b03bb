"""Grade answers at real servers: llama-cpp-python's, with a tiny random model, and LiteLLM's proxy.

    python benchmarks/servers/run.py [llama] [litellm] [both] [--answers 40] [--folder FOLDER]

Each server is installed in a virtual environment of its own in FOLDER (else a temporary one), and
not again where it is there. llama-cpp-python is compiled, which takes one core half an hour. The
model is made on the spot: its replies are JSON of the right shape and nonsense, so every answer is
to be reported as ungraded. LiteLLM's proxy stands before the mock endpoint, undisturbed and with
faults (`litellm`), and before llama-cpp-python's server (`both`).
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import secrets
import socket
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

from benchmarks.endpoint import Settings, counts, running
from benchmarks.exam import Exam, Run, grade, prepare
from benchmarks.faults import COMMON

HERE = Path(__file__).resolve().parent
PACKAGES = {"llama": ("llama-cpp-python[server]", "gguf"), "litellm": ("litellm[proxy]",)}
STARTING = 300.0
"""Seconds that a server has to come up."""


def install(name: str, folder: Path) -> Path:
    """The folder of the programs of an environment that has the server."""
    programs = folder / name / "bin"
    if not (folder / name / "installed").exists():
        print(f"installing {' '.join(PACKAGES[name])} ...", file=sys.stderr)
        subprocess.run([sys.executable, "-m", "venv", str(folder / name)], check=True)
        subprocess.run(
            ["nice", str(programs / "pip"), "install", "-q", *PACKAGES[name]],
            env=os.environ | {"CMAKE_BUILD_PARALLEL_LEVEL": "1"},
            check=True,
        )
        (folder / name / "installed").touch()
    return programs


@contextmanager
def serving(command: Sequence[str], page: str, log: Path, **environment: str) -> Iterator[None]:
    """The server answers at this page, and ends with the block."""
    with log.open("wb") as said:
        process = subprocess.Popen(
            command, env=os.environ | environment, stdout=said, stderr=said, cwd=log.parent
        )
    try:
        _await(process, page, log)
        yield
    finally:
        process.terminate()
        process.wait()


def _await(process: subprocess.Popen[bytes], page: str, log: Path) -> None:
    began = time.monotonic()
    while time.monotonic() - began < STARTING:
        assert process.poll() is None, log.read_text("utf-8", "replace")[-2000:]
        with contextlib.suppress(URLError, ConnectionError, TimeoutError), urlopen(page, timeout=5):
            return
        time.sleep(0.5)
    raise TimeoutError(log.read_text("utf-8", "replace")[-2000:])


def free_port() -> int:
    """A port that nobody listens at."""
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        port: int = one.getsockname()[1]
        return port


@contextmanager
def llama(folder: Path, context: int = 16_384) -> Iterator[str]:
    """The address of llama-cpp-python's server with the tiny model, which reads so many tokens."""
    programs, port = install("llama", folder), free_port()
    model = folder / "tiny.gguf"
    subprocess.run([str(programs / "python"), str(HERE / "tiny_model.py"), str(model)], check=True)
    command = [
        str(programs / "python"), "-m", "llama_cpp.server", "--model", str(model),
        "--n_ctx", str(context), "--n_threads", "2", "--port", str(port),
    ]  # fmt: skip
    address = f"http://127.0.0.1:{port}/v1"
    with serving(command, f"{address}/models", folder / "llama.log"):
        yield address


@contextmanager
def litellm(folder: Path, behind: str) -> Iterator[tuple[str, str]]:
    """Address and key of LiteLLM's proxy before that endpoint; it asks nobody else for anything."""
    programs, port = install("litellm", folder), free_port()
    told = {
        "model_name": "mock",
        "litellm_params": {"model": "openai/mock", "api_base": behind, "api_key": "none"},
    }
    # One place repeats requests, and that is answerbot.
    settings = {
        "model_list": [told],
        "litellm_settings": {"telemetry": False, "num_retries": 0},
        "router_settings": {"num_retries": 0},
    }
    (folder / "litellm.yaml").write_text(json.dumps(settings), "utf-8")  # JSON is YAML
    command = [str(programs / "litellm"), "--config", "litellm.yaml", "--port", str(port)]
    key = f"sk-{secrets.token_hex(16)}"
    environment = {"LITELLM_LOCAL_MODEL_COST_MAP": "True", "LITELLM_MASTER_KEY": key}
    address = f"http://127.0.0.1:{port}"
    ready = f"{address}/health/liveliness"
    with serving(command, ready, folder / "litellm.log", **environment):
        yield f"{address}/v1", key


def row(name: str, exam: Exam, run: Run, received: int | None) -> None:
    """Print what became of the answers."""
    number, reported = len(exam.conversations), len(run.grades) - run.graded
    print(f"| {name} | {number} | {run.graded} | {reported} | {number - len(run.grades)} "
          f"| {received or '-'} | {run.seconds:.0f} s | {run.code} |", flush=True)  # fmt: skip
    reasons = Counter(str(one["reason"])[-60:] for one in run.grades.values() if "reason" in one)
    for reason, count in reasons.most_common(5):
        print(f"    {count} x ...{reason!r}", file=sys.stderr)
    assert run.code in (0, 3), run.said


def at_llama(exam: Exam, folder: Path) -> None:
    """Grade at llama-cpp-python's server."""
    with llama(folder) as address:
        run = grade(exam, address, "llama", **SLOW)
    row("llama-cpp-python", exam, run, asked(folder / "llama.log"))
    with llama(folder, context=1024) as address:
        run = grade(exam, address, "short", **SLOW)
    row("llama-cpp-python, too short a context", exam, run, asked(folder / "llama.log"))


def at_litellm(exam: Exam, folder: Path) -> None:
    """Grade at the proxy before the mock endpoint."""
    for name, settings in {"the mock": Settings(), "the mock with faults": COMMON}.items():
        told = replace(settings, replies=exam.replies, latency=0.05, seed=1)
        with running(told) as behind, litellm(folder, behind) as (address, key):
            run = grade(exam, address, name.replace(" ", "-"), OPENAI_API_KEY=key)
            row(f"LiteLLM before {name}", exam, run, counts(behind)["received"])


def at_both(exam: Exam, folder: Path) -> None:
    """Grade at the proxy before llama-cpp-python's server."""
    with llama(folder) as behind, litellm(folder, behind) as (address, key):
        run = grade(exam, address, "both", OPENAI_API_KEY=key, **SLOW)
    row("LiteLLM before llama-cpp-python", exam, run, asked(folder / "llama.log"))


def asked(log: Path) -> int:
    """How many completions the server was asked for."""
    return log.read_text("utf-8", "replace").count('"POST /v1/chat/completions')


SLOW = {"ANSWERBOT_MAX_CONCURRENCY": "4", "ANSWERBOT_MAX_OUTPUT_TOKENS": "4000"}
SERVERS: Mapping[str, Callable[[Exam, Path], None]] = {
    "llama": at_llama,
    "litellm": at_litellm,
    "both": at_both,
}


def main() -> None:
    """Print a row for each server."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("servers", nargs="*", metavar="SERVER", help=f"{', '.join(SERVERS)}; all")
    parser.add_argument("--answers", type=int, default=40)
    parser.add_argument("--folder", type=Path, help="where the servers are installed and stay")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = (arguments.folder or Path(name)).resolve()
        folder.mkdir(parents=True, exist_ok=True)
        (Path(name) / "exam").mkdir()
        exam = prepare(Path(name) / "exam", arguments.answers)
        print("| server | answers | graded | reported | missing | requests | wall | exit |")
        print("| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |")
        for server in arguments.servers or SERVERS:
            SERVERS[server](exam, folder)


if __name__ == "__main__":
    main()

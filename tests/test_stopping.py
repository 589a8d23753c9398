"""A command that is stopped says in one line what is kept, and leaves nothing half-written."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

import pytest

from advgame.stopping import SIGNALS, Stopped, stop_signals

CASE = "cifar10-two-defences"
EXIT_CODES = {signal.SIGINT: (130, "Ctrl-C"), signal.SIGTERM: (143, "SIGTERM")}

# The command with one of its steps replaced by one that never ends. A shell that runs the
# tests in the background has made them, and what they start, deaf to Ctrl-C: that is undone first.
PROGRAM = """
import importlib, signal, sys, time
signal.signal(signal.SIGINT, signal.default_int_handler)
import advgame as ag
import advgame.cli as cli
frames = importlib.import_module("advgame.cli.sweep_command")
def at_work(*_, **__):
    print("at work", file=sys.stderr, flush=True)
    while True:
        time.sleep(0.01)
{step} = at_work
sys.argv = ["advgame", *{arguments!r}]
cli.main()
"""


@pytest.mark.parametrize("number", SIGNALS)
@pytest.mark.parametrize(
    ("step", "command"),
    [
        ("ag.report", ["solve", CASE, "-o", "answer.json"]),
        ("ag.sweep", ["sweep", CASE, "--vary", "attack_cost=0:1:3", "-o", "answer.csv"]),
        # The file is half written
        ("frames.write_frame", ["sweep", CASE, "--vary", "attack_cost=0:1:3", "-o", "answer.csv"]),
    ],
)
def test_a_stopped_command_leaves_the_file_as_it_was(
    number: signal.Signals, step: str, command: list[str], tmp_path: Path
) -> None:
    answer = tmp_path / command[-1]
    answer.write_text("an earlier answer", encoding="utf-8")
    code, said = stopped(number, step, command, tmp_path)
    expected, by = EXIT_CODES[number]
    assert code == expected
    assert said == [
        f"advgame: Stopped by {by}. Nothing was written to {answer.name}. "
        "To start over, run the same command again."
    ]
    assert [(path.name, path.read_text()) for path in tmp_path.iterdir()] == [
        (answer.name, "an earlier answer")
    ]


def test_a_stopped_command_that_only_prints_reports_that_nothing_was_written(tmp_path: Path) -> None:
    _, said = stopped(signal.SIGINT, "ag.report", ["solve", CASE], tmp_path)
    assert said == [
        "advgame: Stopped by Ctrl-C. Nothing was printed. To start over, run the same command again."
    ]


def test_a_command_that_writes_nothing_says_that_it_was_stopped(tmp_path: Path) -> None:
    code, said = stopped(signal.SIGTERM, "ag.presets", ["cases"], tmp_path)
    assert (code, said) == (143, ["advgame: Stopped by SIGTERM."])


def test_the_handlers_of_before_come_back() -> None:
    before = [signal.getsignal(number) for number in SIGNALS]
    with stop_signals():
        assert [signal.getsignal(number) for number in SIGNALS] != before
    assert [signal.getsignal(number) for number in SIGNALS] == before


def test_a_second_signal_ends_the_process_at_once() -> None:
    with stop_signals():
        with pytest.raises(Stopped):
            signal.raise_signal(signal.SIGTERM)
        assert [signal.getsignal(number) for number in SIGNALS] == [signal.SIG_DFL] * 2


def test_a_signal_that_is_ignored_stays_ignored() -> None:
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        with stop_signals():
            signal.raise_signal(signal.SIGINT)
    finally:
        signal.signal(signal.SIGINT, before)


def stopped(number: signal.Signals, step: str, command: list[str], folder: Path) -> tuple[int, list[str]]:
    """The exit code, and what stood on standard error after the step began."""
    program = PROGRAM.format(step=step, arguments=command)
    with subprocess.Popen(
        [sys.executable, "-c", program],
        cwd=folder,
        text=True,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
    ) as running:
        assert running.stderr is not None
        try:
            begun = [running.stderr.readline()]
            while begun[-1] not in ("at work\n", ""):
                begun.append(running.stderr.readline())
            assert begun[-1] == "at work\n", "".join(begun)
            running.send_signal(number)
            said = running.stderr.read().splitlines()
            return running.wait(), said
        finally:
            running.kill()

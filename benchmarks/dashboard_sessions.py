"""Many sessions at once: whether they get their own answers, and what memory they take.

    python -m benchmarks.dashboard_sessions [--sessions 20] [--seconds 60] [--case CASE]

Each session speaks Streamlit's protocol over its own WebSocket, as a browser does, and sets the slider of the
largest share to values of its own, as fast as it is answered. Its figures have to equal those that one
session alone gets for the same value. Memory is the resident memory of the server: before, with all sessions
open, after the moves, and after the same moves once more.
"""

from __future__ import annotations

import argparse
import asyncio
import statistics
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.asyncio.client import connect
from websockets.typing import Origin, Subprotocol

from benchmarks.dashboard_server import HERE, Server, served
from benchmarks.machine import machine

SLIDER = "slider largest_share"
VALUES = [round(0.05 + 0.005 * place, 3) for place in range(60)]
RESULT = Path(__file__).parent / "results" / "dashboard_sessions.md"


@dataclass
class Answer:
    """What a run of the page showed: the slider's value and the key figures."""

    share: float | None = None
    figures: tuple[str, ...] = ()
    error: str = ""


@dataclass
class Session:
    """One session of the dashboard."""

    socket: Any
    script: str = ""
    slider: str = ""
    taken: list[float] = field(default_factory=list)  # milliseconds of each move

    async def run(self, share: float | None = None) -> Answer:
        """Runs the page, with the slider moved if a share is given, and reads what it shows."""
        message = BackMsg()
        message.rerun_script.query_string = ""
        message.rerun_script.page_script_hash = self.script
        if share is not None:
            state = message.rerun_script.widget_states.widgets.add()
            state.id = self.slider
            state.double_array_value.data.append(share)
        start = time.perf_counter()
        await self.socket.send(message.SerializeToString())
        answer = await self._answer()
        if share is not None:
            self.taken.append(1000 * (time.perf_counter() - start))
        return answer

    async def _answer(self) -> Answer:
        answer = Answer()
        figures: list[str] = []
        while True:
            received = ForwardMsg()
            received.ParseFromString(await asyncio.wait_for(self.socket.recv(), 120))
            kind = received.WhichOneof("type")
            if kind == "new_session":
                self.script = received.new_session.page_script_hash
            if kind == "script_finished":
                answer.figures = tuple(figures)
                return answer
            if kind != "delta" or received.delta.WhichOneof("type") != "new_element":
                continue
            element = received.delta.new_element
            shown = element.WhichOneof("type")
            if shown == "metric":
                figures.append(element.metric.body)
            elif shown == "exception":
                answer.error = f"{element.exception.type}: {element.exception.message}"
            elif shown == "slider" and SLIDER in element.slider.id:
                self.slider = element.slider.id
                answer.share = element.slider.value[0] if element.slider.set_value else None


async def opened(address: str) -> Session:
    """A new session whose first page was answered."""
    url = f"{address.replace('http', 'ws')}/_stcore/stream"
    socket = await connect(
        url, subprotocols=[Subprotocol("streamlit")], origin=Origin(address), max_size=None, compression=None
    )
    session = Session(socket)
    await session.run()
    return session


async def moved(
    session: Session, shares: list[float], until: float, expected: dict[float, tuple[str, ...]]
) -> list[str]:
    """Moves the slider through the values until the time is over; what was wrong with the answers."""
    faults = []
    place = 0
    while time.perf_counter() < until:
        share = shares[place % len(shares)]
        answer = await session.run(share)
        if answer.error:
            faults.append(answer.error)
        elif answer.share not in (None, share) or answer.figures != expected[share]:
            faults.append(f"at {share}: slider {answer.share}, figures {answer.figures}")
        place += 1
    return faults


async def measured(server: Server, count: int, seconds: float) -> list[str]:
    """The lines of the result."""
    first = await opened(server.address)
    expected = {}
    for share in VALUES:
        expected[share] = (await first.run(share)).figures
    assert len(set(expected.values())) > 1, "the figures do not depend on the share"
    alone = server.megabytes
    sessions = [await opened(server.address) for _ in range(count)]
    with_sessions = server.megabytes
    lines = [
        f"{count} further sessions opened: {with_sessions - alone:.0f} MB, "
        f"{(with_sessions - alone) / count:.1f} MB a session (server before: {alone:.0f} MB)."
    ]
    before = with_sessions
    for turn in ("first", "second"):
        until = time.perf_counter() + seconds
        parts = [VALUES[place % 20 :: 20] for place in range(count)]
        moves = [
            moved(session, [*part, *VALUES[:2]], until, expected)
            for session, part in zip(sessions, parts, strict=True)
        ]
        faults = [fault for each in await asyncio.gather(*moves) for fault in each]
        taken = [each for session in sessions for each in session.taken]
        for session in sessions:
            session.taken.clear()
        lines.append(
            f"{turn} {seconds:.0f} s: {len(taken)} moves, median {statistics.median(taken):.0f} ms, "
            f"{len(faults)} errors or wrong answers, {server.megabytes - before:+.0f} MB."
        )
        lines += [f"  {fault}" for fault in faults[:5]]
        before = server.megabytes
    for session in [first, *sessions]:
        await session.socket.close()
    return lines


def main() -> None:
    """Opens the sessions on one case and prints what they took."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--sessions", type=int, default=20)
    parser.add_argument("--seconds", type=float, default=60.0, help="of each of the two turns")
    parser.add_argument("--case", default="cifar10-two-defences")
    parser.add_argument("--result", type=Path, help=f"the file of results; {RESULT.name} is the usual one")
    given = parser.parse_args()
    with served(HERE, given.case) as server:
        lines = asyncio.run(measured(server, given.sessions, given.seconds))
    text = "\n".join([machine(), "", f"Case {given.case}.", "", *[f"- {line}" for line in lines]])
    print(text)
    if given.result is not None:
        given.result.write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()

"""`advgame app` takes the next port where another program uses the one wanted."""

from __future__ import annotations

import socket
from collections.abc import Iterator

import pytest

from advgame.cli import dashboard
from advgame.errors import InputError


@pytest.fixture
def taken() -> Iterator[int]:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        yield other.getsockname()[1]


def test_a_port_in_use_is_not_announced(taken: int, capsys: pytest.CaptureFixture[str]) -> None:
    port = dashboard._free_port(taken)
    assert taken < port < taken + dashboard.PORTS_TRIED
    assert f"the port {taken} is in use; taking {port} instead" in capsys.readouterr().err


def test_without_any_free_port_the_remedy_is_named(taken: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dashboard, "PORTS_TRIED", 1)
    with pytest.raises(InputError, match="--port"):
        dashboard._free_port(taken)

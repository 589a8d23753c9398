"""The dashboard's answers carry the headers that keep it out of other sites' frames."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from advgame.bundled import bundled


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.syspath_prepend(str(bundled("app")))
    import server

    return server


def test_every_answer_carries_the_headers(server: Any) -> None:
    headers = answered(server.SecurityHeaders, [(b"content-type", b"text/html")])
    assert headers["content-type"] == "text/html"
    assert headers["x-frame-options"] == "DENY"
    assert headers["x-content-type-options"] == "nosniff"
    assert "frame-ancestors 'none'" in headers["content-security-policy"].split("; ")
    assert "object-src 'none'" in headers["content-security-policy"].split("; ")


def test_only_streamlits_own_scripts_are_run(server: Any) -> None:
    policy = server.CONTENT_SECURITY_POLICY["script-src"].split()
    assert policy[0] == "'self'"
    assert all(source.startswith("'sha256-") for source in policy[1:])
    # The hash is what `printf 'let a = 1' | openssl dgst -sha256 -binary | base64` prints.
    page = "<script type='module' src='/a.js'></script><script>let a = 1</script>"
    assert server.script_hashes(page) == ["'sha256-LAfYd7pbFUgwfQu8b4q135PeTG2z+/coPEUYCd74eCQ='"]


def test_a_header_that_an_answer_sets_itself_is_kept_and_not_doubled(server: Any) -> None:
    headers = answered(server.SecurityHeaders, [(b"X-Frame-Options", b"SAMEORIGIN")])
    assert headers["x-frame-options"] == "SAMEORIGIN"


def test_the_dashboard_is_served_with_them(server: Any) -> None:
    assert server.SecurityHeaders in [each.cls for each in server.app._user_middleware]


def answered(middleware: Any, given: list[tuple[bytes, bytes]]) -> dict[str, str]:
    """The headers that a browser gets when the application answers with those given."""
    sent: list[dict[str, Any]] = []

    async def application(_scope: Any, _receive: Any, send: Any) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": given})
        await send({"type": "http.response.body", "body": b""})

    async def send(message: dict[str, Any]) -> None:
        sent.append(message)

    # In a thread of its own: the browser tests leave an event loop running in the main one.
    with ThreadPoolExecutor(1) as thread:
        thread.submit(asyncio.run, middleware(application)({"type": "http"}, None, send)).result()
    headers = [(name.decode().lower(), value.decode()) for name, value in sent[0]["headers"]]
    assert len(dict(headers)) == len(headers)
    return dict(headers)

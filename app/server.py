"""The dashboard's web server: the pages of main.py, with security headers.

Started by `advgame app`. `streamlit run app/main.py` shows the same pages without these headers.
"""

from __future__ import annotations

import re
from base64 import b64encode
from hashlib import sha256
from pathlib import Path

import streamlit as st
from starlette.middleware import Middleware
from starlette.types import ASGIApp, Message, Receive, Scope, Send

INLINE_SCRIPT = re.compile(r"<script(?![^>]*\bsrc=)[^>]*>(.*?)</script>", re.DOTALL)


def script_hashes(page: str) -> list[str]:
    """The hashes of a page's inline scripts for its content security policy.

    >>> script_hashes("<script src='a.js'></script><script>let a = 1</script>")
    ["'sha256-LAfYd7pbFUgwfQu8b4q135PeTG2z+/coPEUYCd74eCQ='"]
    """
    scripts = INLINE_SCRIPT.findall(page)
    return [f"'sha256-{b64encode(sha256(script.encode()).digest()).decode()}'" for script in scripts]


def _streamlits_page() -> str:
    page = Path(st.__file__).parent / "static" / "index.html"
    return page.read_bytes().decode("utf-8")


# Streamlit's front end has one inline script, sets inline styles and loads images from blobs.
CONTENT_SECURITY_POLICY = {
    "default-src": "'self'",
    "script-src": " ".join(["'self'", *script_hashes(_streamlits_page())]),
    "style-src": "'self' 'unsafe-inline'",
    "img-src": "'self' data: blob:",
    "font-src": "'self' data:",
    "connect-src": "'self'",
    "worker-src": "'self' blob:",
    "object-src": "'none'",
    "base-uri": "'self'",
    "form-action": "'self'",
    "frame-ancestors": "'none'",
}
HEADERS = {
    "Content-Security-Policy": "; ".join(
        f"{name} {value}" for name, value in CONTENT_SECURITY_POLICY.items()
    ),
    "X-Frame-Options": "DENY",  # the equivalent of frame-ancestors for older browsers
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
}


class SecurityHeaders:
    """Adds `HEADERS` to every HTTP response; a response that already sets one of them keeps it."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Passes the request on and adds the headers to the start of the response."""

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                given = {name.lower() for name, _ in message.get("headers", [])}
                added = [
                    (name.lower().encode(), value.encode())
                    for name, value in HEADERS.items()
                    if name.lower().encode() not in given
                ]
                message = {**message, "headers": [*message.get("headers", []), *added]}
            await send(message)

        await self.app(scope, receive, send_with_headers)


app = st.App(Path(__file__).parent / "main.py", middleware=[Middleware(SecurityHeaders)])

"""The page of the mock, which a person sees at `/`: its files as they are. What they show comes from `/_mock`."""

from __future__ import annotations

from importlib import resources

from ..messages import Request, Response

PREFIX = "/_mock/page/"
_TYPES = {"mock.css": "text/css; charset=utf-8", "mock.js": "text/javascript; charset=utf-8"}
_HEADERS = {
    # No script but the one file, nothing from another host, and never in a frame: an order's text cannot be run.
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; "
    "img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
}
_FOR_PROGRAMS = b"""This is a mock of Webflow's orders API, and not Webflow.
The API is under /v2 and its token is that of the mock, mock-token unless said otherwise.
What controls the mock is under /_mock; in a browser, this address is a page to watch it.
"""


def owns(request: Request) -> bool:
    """`/` is for people: who has a token for the API is told by that, as elsewhere, that it has no such path."""
    if request.method not in ("GET", "HEAD"):  # What waits for a server to listen asks by HEAD.
        return False
    return request.path.startswith(PREFIX) or (request.path == "/" and "authorization" not in request.headers)


def answer(request: Request) -> Response:
    if request.path == "/":
        if "text/html" in request.headers.get("accept", ""):
            return _sent("index.html", "text/html; charset=utf-8")
        return Response(200, {**_HEADERS, "Content-Type": "text/plain; charset=utf-8"}, _FOR_PROGRAMS)
    name = request.path.removeprefix(PREFIX)
    if name not in _TYPES:
        return Response(404, {**_HEADERS, "Content-Type": "text/plain"}, b"there is no such file\n")
    return _sent(name, _TYPES[name])


def _sent(name: str, kind: str) -> Response:
    content = resources.files(__name__).joinpath(name).read_bytes()
    return Response(200, {**_HEADERS, "Content-Type": kind}, content)

"""The last gate before the network, for a Schemathesis that is let loose on a server that is not ours.

Its configuration already says "GET only, this host only, slowly". But it probes a server on its own account
before it starts, and a new release may find another reason to send something; here nothing passes unasked.
"""

from __future__ import annotations

from typing import Any

import requests

from .gate import Gate
from .pace import Pace

# Schemathesis marks its probes, which carry bytes that are no question for somebody's shop.
PROBE = "X-Schemathesis-Probe"


def guard(gate: Gate, pace: Pace) -> None:
    """From now on, no request of this process leaves unless it is allowed, and in its turn."""
    send = requests.Session.send

    def guarded(
        self: requests.Session, request: requests.PreparedRequest, **kwargs: Any
    ) -> requests.Response:
        reason = "it is a probe" if PROBE in request.headers else gate.refusal(request.method, request.url)
        if reason:
            raise requests.RequestException(f"Not sent: {reason}.", request=request)
        pace.wait()
        return send(self, request, **kwargs)

    # Replaced on the class, for Schemathesis makes its sessions itself.
    requests.Session.send = guarded  # type: ignore[method-assign]

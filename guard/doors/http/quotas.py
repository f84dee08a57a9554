"""
How a caller's quotas stand, in the headers that clients read.

``RateLimit-Policy`` and ``RateLimit`` as in draft-ietf-httpapi-ratelimit-headers-11 (names, quota ``q`` per window of
``w`` seconds; what remains, ``r``, and the seconds ``t`` until there is more), and where OpenAI clients listen also the
``x-ratelimit-*-requests`` headers that they know.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from starlette.requests import Request

from guard.doors.http.problems import OPENAI_PATHS, Problem, throttled
from guard.request import MAX_FACT, Call

if TYPE_CHECKING:
    from guard.doors.http.keys import Caller
    from guard.verdict import Admission, Quota

_SHOWN_FIRST: Final = "user-minute"
"""The quota that OpenAI's headers tell, for they have room for one."""


def call_of(
    request: Request,
    caller: Caller,
    *,
    model: str | None = None,
    choices: int = 1,
    longest: int = 0,
    sampling: str = "",
    mixed: bool = False,
) -> Call:
    """Return how a question came with *request*; what is too long to be a name is cut."""
    route = getattr(request.scope.get("route"), "path", None)
    return Call(
        address=None if request.client is None else request.client.host[:MAX_FACT],
        key=None if caller.key is None else caller.key.id,
        endpoint=route if isinstance(route, str) else None,
        model=model[:MAX_FACT] if model else None,
        choices=choices,
        longest=longest,
        sampling=sampling[:MAX_FACT],
        mixed=mixed,
    )


def settle(request: Request, admission: Admission) -> None:
    """
    Have the answer to *request* say how the caller's quotas stand.

    Raises:
        Problem: 429, the question may not be asked now.
    """
    headers = quota_headers(admission.quotas, request.url.path)
    request.state.headers = headers
    if not admission.allowed:
        problem = throttled(
            admission.reason.value, admission.retry_after, admission.request_id, violated=admission.violated
        )
        raise Problem(
            problem.status_code,
            "rate_limit_exceeded" if request.url.path.startswith(OPENAI_PATHS) else problem.code,
            str(problem.detail),
            headers={**(problem.headers or {}), "retry-after-ms": str(max(1, math.ceil(1000 * admission.retry_after)))},
            extra=problem.extra,
        )


def quota_headers(quotas: Sequence[Quota], path: str) -> dict[str, str]:
    """Return the headers that tell *quotas* to a client of *path*; none where there are none."""
    if not quotas:
        return {}
    headers = {
        "ratelimit-policy": ", ".join(f'"{one.name}";q={one.limit};w={one.seconds}' for one in quotas),
        "ratelimit": ", ".join(f'"{one.name}";r={one.left};t={_until_more(one)}' for one in quotas),
    }
    first = next((one for one in quotas if one.name == _SHOWN_FIRST), None)
    if first is not None and path.startswith(OPENAI_PATHS):
        headers |= {
            "x-ratelimit-limit-requests": str(first.limit),
            "x-ratelimit-remaining-requests": str(first.left),
            "x-ratelimit-reset-requests": f"{_until_more(first)}s",
        }
    return headers


def _until_more(quota: Quota) -> int:
    """Return the seconds until more fits than now; the whole window where that is not known."""
    return math.ceil(quota.wait) if quota.wait > 0 else quota.seconds

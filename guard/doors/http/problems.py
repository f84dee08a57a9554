"""Every error body of the sidecar: RFC 9457 problems, and the OpenAI error shape where OpenAI clients listen."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any, Final

from fastapi import HTTPException
from starlette.exceptions import HTTPException as StarletteHTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from guard.errors import GuardUnavailable, RequestError, TooLarge, UnknownUser

OPENAI_PATHS: Final = ("/v1/chat/", "/v1/models")
"""Below these, errors have the shape that OpenAI clients read."""

QUOTA_EXCEEDED: Final = "https://iana.org/assignments/http-problem-types#quota-exceeded"
"""The problem type of draft-ietf-httpapi-ratelimit-headers."""

_OPENAI_TYPES: Final = {
    401: "authentication_error",
    403: "permission_error",
    404: "not_found_error",
    429: "rate_limit_error",
}


class Problem(HTTPException):
    """
    One error answer.  No part of an answer, a question, a document or a key may go into it.

    Attributes:
        code: Stable word for programs.
        field: The field of the request that is wrong; a name from our own schema, never from the input.
        extra: Further members of the problem body.
    """

    def __init__(
        self,
        status: int,
        code: str,
        detail: str,
        *,
        field: str | None = None,
        headers: Mapping[str, str] | None = None,
        extra: Mapping[str, Any] | None = None,
    ) -> None:
        super().__init__(status, detail, dict(headers or {}))
        self.code = code
        self.field = field
        self.extra = dict(extra or {})


def throttled(reason: str, retry_after: float, request_id: str, *, violated: Sequence[str] = ()) -> Problem:
    """Return the answer to a question that may not be asked now; *retry_after* in seconds, *violated* by name."""
    wait = max(1, math.ceil(retry_after))
    exceeded = {"type": QUOTA_EXCEEDED, "violated-policies": list(violated)} if violated else {}
    return Problem(
        429,
        "throttled",
        f"too many questions for now; try again in {wait} s",
        headers={"retry-after": str(wait)},
        extra={"allowed": False, "reason": reason, "retry_after": retry_after, "request_id": request_id} | exceeded,
    )


def problem_of(error: Exception) -> Problem:
    """Return the problem that *error* is to a caller; what is unexpected says nothing but that."""
    match error:
        case Problem():
            return error
        case UnknownUser():
            return Problem(403, "unknown-user", "unknown user: the configuration lists its users, and not this one")
        case TooLarge():
            return Problem(413, "too-large", str(error))
        case RequestError():
            return Problem(422, "invalid", str(error))
        case GuardUnavailable():
            return Problem(503, "unavailable", "the check could not run, so nothing may be shown; try again later")
        case StarletteHTTPException():
            return Problem(error.status_code, _slug(error.status_code), _phrase(error.status_code))
        case _:
            return Problem(500, "internal", "something went wrong inside the sidecar; its log has the kind of error")


def problem_body(problem: Problem, path: str) -> dict[str, Any]:
    """Return the JSON body of *problem* in the shape that clients of *path* read."""
    if path.startswith(OPENAI_PATHS):
        return openai_error(problem)
    body: dict[str, Any] = {
        "type": "about:blank",
        "title": _phrase(problem.status_code),
        "status": problem.status_code,
        "code": problem.code,
        "detail": problem.detail,
    }
    if problem.field is not None:
        body["field"] = problem.field
    return body | problem.extra


def openai_error(problem: Problem) -> dict[str, Any]:
    """Return *problem* as OpenAI's API would put it; also the shape of an error frame inside a stream."""
    fallback = "server_error" if problem.status_code >= 500 else "invalid_request_error"  # noqa: PLR2004
    return {
        "error": {
            "message": problem.detail,
            "type": _OPENAI_TYPES.get(problem.status_code, fallback),
            "param": problem.field,
            "code": problem.code,
        }
    }


def problem_response(problem: Problem, path: str) -> Response:
    """Return *problem* as an HTTP answer to a request for *path*."""
    return JSONResponse(
        problem_body(problem, path),
        problem.status_code,
        headers=problem.headers,
        media_type="application/json" if path.startswith(OPENAI_PATHS) else "application/problem+json",
    )


async def answer_problem(request: Request, error: Exception) -> Response:
    """Handle an exception that a route raised on purpose."""
    return problem_response(problem_of(error), request.url.path)


def _phrase(status: int) -> str:
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return "Error"


def _slug(status: int) -> str:
    return _phrase(status).casefold().replace(" ", "-")

"""The check API: judge an answer, admit a question, filter documents."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

from fastapi import APIRouter, Request, Response
from fastapi.routing import APIRoute
from starlette.responses import JSONResponse

from guard.doors.http.bodies import caller_of
from guard.doors.http.closed import failing_closed
from guard.doors.http.identity import principal_of
from guard.doors.http.keys import ASSERT_PRINCIPAL, AUDIT, OPERATE, SOURCES, Caller
from guard.doors.http.problems import Problem
from guard.doors.http.quotas import call_of, settle
from guard.doors.http.shapes import (
    AdmissionOut,
    AdmitBody,
    CheckBody,
    DocumentsBody,
    KeptOut,
    PrincipalBody,
    ProblemOut,
    VerdictOut,
)
from guard.request import CheckRequest

if TYPE_CHECKING:
    from corpora.document import DocumentRef
    from guard.doors.http.metrics import Metrics
    from guard.engine import Guard
    from guard.principal import Principal
    from guard.verdict import Dropped

CHECK_PATH: Final = "/v1/check"
ADMIT_PATH: Final = "/v1/admit"
DOCUMENTS_PATH: Final = "/v1/documents"

_PROBLEMS: Final[Mapping[int | str, dict[str, Any]]] = {
    status: {"model": ProblemOut, "description": description}
    for status, description in {
        400: "malformed JSON",
        401: "no key, or an unknown one",
        403: "the key may not do that",
        413: "too large",
        415: "not JSON by its type",
        422: "a field is wrong",
        429: "too many questions; see Retry-After",
        503: "the check could not run; show nothing",
    }.items()
}


def check_routes(guard: Guard, metrics: Metrics, route_class: type[APIRoute]) -> APIRouter:
    """Return the routes that hand one call each to *guard*."""
    router = APIRouter(route_class=route_class, tags=["check"], responses=dict(_PROBLEMS))
    desk = _Desk(guard, metrics)

    @router.post(CHECK_PATH, response_model=VerdictOut)
    async def check(request: Request, body: CheckBody) -> Response:
        """Judge one answer for one principal, and charge what the verdict shows."""
        return await desk.check(request, body)

    @router.post(ADMIT_PATH, response_model=AdmissionOut)
    async def admit(request: Request, body: AdmitBody) -> Response:
        """Say whether a question may be asked now; one that may not is answered with 429."""
        return await desk.admit(request, body)

    @router.post(DOCUMENTS_PATH, response_model=KeptOut, response_model_exclude_none=True)
    async def documents(request: Request, body: DocumentsBody) -> Response:
        """Say which documents may go into a prompt, and count their retrieval."""
        return await desk.documents(request, body)

    return router


class _Desk:
    """Turns bodies into calls of the guard, and what it says into bodies."""

    def __init__(self, guard: Guard, metrics: Metrics) -> None:
        self._guard = guard
        self._metrics = metrics

    async def check(self, request: Request, body: CheckBody) -> Response:
        caller = caller_of(request)
        if not body.record and not (caller.may(AUDIT) or caller.may(OPERATE)):
            raise Problem(403, "scope", "record: false needs a key with the scope audit or operate", field="record")
        principal = self._principal(caller, body.principal)
        asked = CheckRequest(
            answer=body.answer,
            principal=principal,
            question=_exempting(caller, body.question),
            context=[ref.ref() for ref in body.context],
            request_id=self._id(request, body.request_id),
            record=body.record,
        )
        if body.record:
            await self._admitted(request, CHECK_PATH, body.question or "", principal, asked.request_id)
        with self._metrics.checking(CHECK_PATH), failing_closed(self._metrics):
            verdict = await self._guard.acheck(asked)
        self._metrics.verdict(CHECK_PATH, verdict)
        return JSONResponse(
            verdict.to_dict(sources=caller.may(SOURCES)), headers={"x-echoguard-action": verdict.action.word}
        )

    async def admit(self, request: Request, body: AdmitBody) -> Response:
        principal = self._principal(caller_of(request), body.principal)
        request_id = self._id(request, body.request_id)
        with self._metrics.checking(ADMIT_PATH):
            request_id = await self._admitted(request, ADMIT_PATH, body.question, principal, request_id)
        return JSONResponse({"allowed": True, "reason": "ok", "retry_after": 0.0, "request_id": request_id})

    async def documents(self, request: Request, body: DocumentsBody) -> Response:
        caller = caller_of(request)
        principal = self._principal(caller, body.principal)
        request_id = self._id(request, body.request_id)
        with self._metrics.checking(DOCUMENTS_PATH), failing_closed(self._metrics):
            kept = await self._guard.afilter_documents(
                [ref.ref() for ref in body.documents],
                principal,
                question=_exempting(caller, body.question),
                request_id=request_id,
            )
        sources = caller.may(SOURCES)
        return JSONResponse(
            {
                "kept": [_ref(ref) for ref in kept.kept],
                "dropped": [_dropped(dropped, sources=sources) for dropped in kept.dropped],
                "request_id": kept.request_id,
            }
        )

    def _principal(self, caller: Caller, stated: PrincipalBody | None) -> Principal:
        return principal_of(caller, stated, self._guard.settings.users)

    @staticmethod
    def _id(request: Request, stated: str | None) -> str:
        """Return the id of this question: the body's, else the header's, else a new one; the answer echoes it."""
        if stated is not None and not (stated.isascii() and stated.isprintable()):
            raise Problem(422, "invalid", "request_id: only printable ASCII characters", field="request_id")
        if stated is not None:
            request.state.request_id = stated
        return str(request.state.request_id)

    async def _admitted(
        self, request: Request, path: str, question: str, principal: Principal, request_id: str | None
    ) -> str:
        call = call_of(request, caller_of(request))
        with failing_closed(self._metrics):
            admission = await self._guard.aadmit(question, principal, request_id=request_id, call=call)
        if not admission.allowed:
            self._metrics.throttled(path)
        settle(request, admission)
        return admission.request_id


def _exempting(caller: Caller, question: str | None) -> str | None:
    """Return the question if it may exempt the user's own words: only a caller that is trusted with identities says."""
    return question if caller.may(ASSERT_PRINCIPAL) else None


def _ref(ref: DocumentRef) -> dict[str, str]:
    return {"corpus": ref.corpus, "id": ref.id}


def _dropped(dropped: Dropped, *, sources: bool) -> dict[str, str]:
    """Return a dropped document; why is for callers with the scope sources, or it would tell what exists."""
    return _ref(dropped.ref) | ({"reason": dropped.reason.value} if sources else {})

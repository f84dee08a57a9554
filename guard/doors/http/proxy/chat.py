"""The routes of the proxy: chat completions, and the models behind it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, Final

from fastapi import APIRouter, Body, Request, Response
from fastapi.routing import APIRoute
from starlette.responses import JSONResponse

from guard.doors.http.bodies import caller_of
from guard.doors.http.closed import failing_closed
from guard.doors.http.identity import principal_of
from guard.doors.http.proxy.answering import ChatAnswer
from guard.doors.http.proxy.channels import Answer
from guard.doors.http.proxy.request import read_chat
from guard.doors.http.quotas import call_of, settle

if TYPE_CHECKING:
    from guard.doors.http.metrics import Metrics
    from guard.doors.http.proxy.upstream import Endpoints
    from guard.engine import Guard

CHAT_PATH: Final = "/v1/chat/completions"


def proxy_routes(guard: Guard, endpoints: Endpoints, metrics: Metrics, route_class: type[APIRoute]) -> APIRouter:
    """Return the routes that stand in front of the upstreams."""
    router = APIRouter(route_class=route_class, tags=["proxy"])

    @router.post(CHAT_PATH)
    async def chat_completions(request: Request, body: Annotated[dict[str, Any], Body()]) -> Response:
        """Answer as the upstream does, with what may not be shown left out; the shape is OpenAI's."""
        chat = read_chat(body)
        caller = caller_of(request)
        principal = principal_of(caller, chat.principal, guard.settings.users)
        endpoint = endpoints.for_model(chat.model)
        # In most chats the user's message carries what was retrieved, so it is not the user's own words alone.
        call = call_of(
            request,
            caller,
            model=chat.model,
            choices=chat.wanted,
            longest=chat.longest,
            sampling=chat.sampling,
            mixed=True,
        )
        with failing_closed(metrics):
            admission = await guard.aadmit(chat.question, principal, request_id=request.state.request_id, call=call)
        if not admission.allowed:
            metrics.throttled(CHAT_PATH)
        settle(request, admission)
        answer = Answer(
            guard=guard,
            principal=principal,
            request_id=admission.request_id,
            metrics=metrics,
            endpoint=CHAT_PATH,
            prompt=chat.prompt,
        )
        return ChatAnswer(chat=chat, endpoint=endpoint, answer=answer)

    @router.get("/v1/models")
    async def models() -> Response:
        """List the models of every upstream: those the settings name, else those that the upstream lists."""
        ids = {name: endpoint.name for endpoint in endpoints.all for name in await endpoint.models_listed()}
        data = [{"id": name, "object": "model", "created": 0, "owned_by": owner} for name, owner in ids.items()]
        return JSONResponse({"object": "list", "data": data})

    return router

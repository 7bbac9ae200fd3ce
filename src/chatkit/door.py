"""What comes in at ChatKit's address, and who answers it."""

from fastapi import Request
from starlette.responses import Response

from src.chat.answering import Answering, tell_quota
from src.chat.schemas import ChatResponse
from src.chatkit.context import ChatKitContext
from src.chatkit.loading import LoadedChatKit
from src.chatkit.schemas import READING, ChatKitRequest
from src.chatkit.streams import ThreadStream


class ChatKitDoor:
    """Answers one request: of the protocol by its server, of messages alone as `/chat` does."""

    def __init__(self, context: ChatKitContext, chatkit: LoadedChatKit, chat: Answering) -> None:
        self._context = context
        self._chatkit = chatkit
        self._chat = chat

    async def answer(self, asked: ChatKitRequest, request: Request) -> Response | ChatResponse:
        if asked.type not in READING:
            self._context.caller.require_write()
        if asked.messages is not None:
            return await self._chat.answer(self._context.caller, asked.said(), request)
        server = await self._chatkit()
        given = asked.model_dump(include={"type", "params", "metadata"})
        answer = await server.handle(given, self._context)
        if self._context.turn is not None:
            tell_quota(self._context.turn, request)
        if isinstance(answer, bytes):
            return Response(answer, media_type="application/json")
        return ThreadStream(answer, lambda: server.leave(self._context))

"""
The door for LangChain: a guarded retriever, a guarded chat model, and a step that guards the end of a chain.

>>> retriever = GuardedRetriever(retriever=store.as_retriever(), guard=guard, principal=ann)
>>> model = GuardedChatModel(model=ChatOpenAI(...), guard=guard, principal=ann)
>>> chain = {"context": retriever | join, "question": RunnablePassthrough()} | prompt | model | StrOutputParser()

* NotAdmitted             the guard refused the question itself: limited or contained; says when to try again
* GuardUnavailable        (of ``guard``) a check could not run: nothing is shown

Needs ``langchain-core``.
"""

from guard.doors.langchain.chat_model import GuardedChatModel
from guard.doors.langchain.errors import NotAdmitted
from guard.doors.langchain.retriever import GuardedRetriever
from guard.doors.langchain.run import Run, one_request
from guard.doors.langchain.runnable import GuardedAnswer, guard_answer

__all__ = [
    "GuardedAnswer",
    "GuardedChatModel",
    "GuardedRetriever",
    "NotAdmitted",
    "Run",
    "guard_answer",
    "one_request",
]

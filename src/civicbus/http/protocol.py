"""HTTP/1.1 as it is read from a connection: uvicorn's, parsed natively, and bounded.

The parser itself keeps a head or a trailer of any length, which would let whoever connects fill the
worker's memory.
"""

from __future__ import annotations

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

UNFINISHED_MAX = 64 * 1024  # bytes that make up no whole head and no part of a body


class BoundedProtocol(HttpToolsProtocol):
    """Understands when a request has become too long to be one, and ends its connection."""

    _unfinished = 0

    def data_received(self, data: bytes) -> None:
        """Read on in a request."""
        self._unfinished += len(data)
        super().data_received(data)
        if self._unfinished > UNFINISHED_MAX and not self.transport.is_closing():
            self.send_400_response("The head of the request is too long.")

    def on_headers_complete(self) -> None:
        """The head is whole."""
        super().on_headers_complete()
        self._unfinished = 0

    def on_body(self, body: bytes) -> None:
        """A part of the body is there."""
        super().on_body(body)
        self._unfinished = 0

    def on_message_complete(self) -> None:
        """The request is whole."""
        super().on_message_complete()
        self._unfinished = 0

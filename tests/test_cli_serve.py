"""How `congvan serve` listens."""

from __future__ import annotations

import contextlib
import socket

import uvicorn

from pipeline.cli.serve import at_once


def test_connections_send_what_is_written_to_them_at_once() -> None:
    config = uvicorn.Config("nothing:here", host="127.0.0.1", port=0, log_level="critical")
    with contextlib.closing(at_once(config.bind_socket())) as listening:
        listening.listen()
        with socket.create_connection(listening.getsockname()) as _:
            accepted, _ = listening.accept()
            with accepted:
                assert accepted.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)

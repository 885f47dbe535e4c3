"""A server of this machine that does all that servers do."""

import http.server
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager


class Server(http.server.ThreadingHTTPServer):
    """Serves `content`.

    Attributes:
        content: What it serves.
        behaviour: right; 404 or 500; truncates or stalls, and then half of the content is all that comes.
        failures: How many of the first requests get half of the content.
        sent: How many bytes of content were sent in answer to each request.
    """

    content = b"the content of a file"
    behaviour = "right"
    failures = 0

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.sent: list[int] = []

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/file"


class Handler(http.server.BaseHTTPRequestHandler):
    server: Server

    def log_message(self, *_: object) -> None:
        pass

    def do_GET(self) -> None:
        server, content = self.server, self.server.content
        if server.behaviour in ("404", "500"):
            server.sent.append(0)
            self.send_error(int(server.behaviour))
            return
        whole = server.behaviour == "right" and len(server.sent) >= server.failures
        body = content if whole else content[: len(content) // 2]
        server.sent.append(len(body))
        self.send_response(200)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(body)
        self.wfile.flush()
        if server.behaviour == "stalls":
            time.sleep(2)
        self.close_connection = True


@contextmanager
def serving() -> Iterator[Server]:
    """A server, until the block ends."""
    server = Server()
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()

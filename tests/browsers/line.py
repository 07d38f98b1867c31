"""A line between browser and server that can be cut: what a phone without a signal meets, in any browser."""

import socket
import threading
from contextlib import suppress

CHUNK = 65536


class Line:
    """Listens on a port of its own and passes everything on; `cut` closes every connection, `mend` listens again."""

    def __init__(self, upstream: int) -> None:
        self.upstream, self.port = upstream, 0
        self.open: list[socket.socket] = []
        self.mend()

    def mend(self) -> None:
        """From now on connections are taken (again), on the same port."""
        self.ear = socket.socket()
        self.ear.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self.ear.bind(("127.0.0.1", self.port))
        self.ear.listen(64)
        self.port = int(self.ear.getsockname()[1])
        threading.Thread(target=self._listen, args=[self.ear], daemon=True).start()

    def cut(self) -> None:
        """Refuse every connection, end those there are."""
        with suppress(OSError):
            self.ear.shutdown(socket.SHUT_RDWR)
        self.ear.close()
        for end in self.open:
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
            end.close()
        self.open = []

    def _listen(self, ear: socket.socket) -> None:
        with suppress(OSError):
            while True:
                near, _who = ear.accept()
                far = socket.create_connection(("127.0.0.1", self.upstream))
                self.open += [near, far]
                for one, other in ((near, far), (far, near)):
                    threading.Thread(target=self._pass, args=[one, other], daemon=True).start()

    def _pass(self, one: socket.socket, other: socket.socket) -> None:
        with suppress(OSError):
            while data := one.recv(CHUNK):
                other.sendall(data)
        for end in (one, other):
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)

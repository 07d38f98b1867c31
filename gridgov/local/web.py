"""How a trial's web process waits: a browser opens connections ahead of need, and a silent one must not hold a thread.

gunicorn's threaded worker gives every new connection to a thread at once. Over TLS that thread then waits without end
for a request that may never come: one browser was enough to stop the site. Here a silent one goes back to the poller.
"""

import ssl
from typing import Any

from gunicorn.workers import gthread

GRACE = 0.02  # seconds a thread waits for the request behind a handshake; most are already there


class PatientWorker(gthread.ThreadWorker):
    """The threaded worker whose threads only take connections that have said something."""

    def handle(self, conn: Any) -> Any:
        """As gunicorn's, but `_DEFER` (back to the poller) until there is something to read."""
        if conn.initialized or conn.is_http2:
            return super().handle(conn)
        if not conn.wait_for_data(GRACE):
            return gthread._DEFER
        if not conn.cfg.is_ssl:
            return super().handle(conn)
        try:
            conn.init()  # the handshake
        except (ssl.SSLError, OSError):
            return False  # plain http on an https port, or a browser that does not trust the certificate yet
        if not conn.is_http2 and not conn.sock.pending() and not self._said_more(conn):
            return gthread._DEFER
        return super().handle(conn)

    @staticmethod
    def _said_more(conn: Any) -> bool:
        conn.data_ready = False
        return bool(conn.wait_for_data(GRACE))

"""Tells systemd how the daemon is: sd_notify(3) over its socket, in the standard library's words. Silent elsewhere."""

from __future__ import annotations

import os
import socket
from collections.abc import Mapping

READY = "READY=1"
ALIVE = "WATCHDOG=1"
STOPPING = "STOPPING=1"


def status(said: str) -> str:
    """A line that `systemctl status` shows."""
    return "STATUS=" + " ".join(said.split())


class Supervisor:
    """The supervisor that started this process, if one listens."""

    def __init__(self, environ: Mapping[str, str]) -> None:
        name = environ.get("NOTIFY_SOCKET", "")
        # sd_notify(3): a leading @ stands for the abstract namespace
        self._address = "\0" + name[1:] if name.startswith("@") else name
        self.patience = _patience(environ)
        """seconds after which it restarts a silent daemon; None where it does not watch"""

    def tell(self, *lines: str) -> None:
        """Sends these lines. A supervisor that does not listen is no reason to stop."""
        if not self._address:
            return
        try:
            with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC) as sender:
                sender.sendto("\n".join(lines).encode(), self._address)
        except OSError:
            return


def _patience(environ: Mapping[str, str]) -> float | None:
    micro, meant = environ.get("WATCHDOG_USEC", ""), environ.get("WATCHDOG_PID", "")
    if not micro.isdigit() or (meant and meant != str(os.getpid())):
        return None
    return int(micro) / 1_000_000

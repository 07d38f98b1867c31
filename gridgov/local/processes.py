"""Starts and stops child processes so that none outlives the one who started it, even when that one is killed."""

import ctypes
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import IO, Any

PR_SET_PDEATHSIG = 1
WIDTH = 8


def die_with_parent(with_signal: int) -> Callable[[], None]:
    """A `preexec_fn` that asks the kernel for `with_signal` when the parent ends (prctl(2), Linux)."""
    prctl = ctypes.CDLL(None, use_errno=True).prctl

    def ask() -> None:
        prctl(PR_SET_PDEATHSIG, with_signal, 0, 0, 0)

    return ask


def spawn(
    argv: Sequence[str | Path],
    *,
    env: dict[str, str],
    cwd: Path,
    user: str | None = None,
    output: int | IO[Any] = subprocess.PIPE,
    stdin: int = subprocess.DEVNULL,
    on_orphaned: int = signal.SIGTERM,
) -> subprocess.Popen[bytes]:
    """Start a process in a session of its own, so that Ctrl-C reaches it only through us, in our order."""
    return subprocess.Popen(
        [str(part) for part in argv],
        env=env,
        cwd=cwd,
        user=user,
        group=user,
        extra_groups=[] if user else None,
        stdin=stdin,
        stdout=output,
        stderr=subprocess.STDOUT,
        start_new_session=True,
        preexec_fn=die_with_parent(on_orphaned),
    )


def say(who: str, text: str) -> None:
    """One line of the common log."""
    sys.stdout.write(f"{who:<{WIDTH}}│ {text}\n")
    sys.stdout.flush()


def echo(who: str, process: subprocess.Popen[bytes]) -> threading.Thread:
    """Copy what `process` prints to the common log, each line led by its name, until it ends."""

    def copy() -> None:
        assert process.stdout is not None
        for line in process.stdout:
            say(who, line.decode(errors="replace").rstrip())

    thread = threading.Thread(target=copy, name=f"echo-{who}", daemon=True)
    thread.start()
    return thread


def stop(process: subprocess.Popen[bytes], *, by: int = signal.SIGTERM, patience: float = 20) -> None:
    """Ask `process` to end, wait, and insist only when it does not listen."""
    if process.poll() is not None:
        return
    process.send_signal(by)
    try:
        process.wait(patience)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()

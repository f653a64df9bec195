"""Processes and folders that end with the test, benchmark or demo that made them, however that ends."""

import atexit
import contextlib
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import threading
import time

DEADLINE_S = 120  # for any condition that a test waits for

_running = []  # what `start_process` has started, with the signal that ends it
_folders = []  # what `temporary_folder` has made and must not leave


def wait_until(condition, what, deadline_s=DEADLINE_S, every_s=0.02):
    """Waits for a condition; its value. Raises when the deadline passes."""
    end = time.monotonic() + deadline_s
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() > end:
            raise TimeoutError(f"not within {deadline_s} s: {what}")
        time.sleep(every_s)


def with_us(*command, by="KILL", user=None):
    """The command, which the kernel ends by this signal when we end, even if we are killed; `user`
    runs it as somebody else. (runuser and su would do that too, but the signal is lost when they
    change the user: prctl(2), PR_SET_PDEATHSIG.)"""
    become = []
    if user:
        become = [f"--reuid={user}", f"--regid={pwd.getpwnam(user).pw_gid}", "--init-groups"]
    return ["setpriv", *become, f"--pdeathsig={by}", "--", *command]


def start_process(command, by="KILL", user=None, **more):
    """Starts a process that ends with us. It has its own session, so that Ctrl-C reaches only us,
    and we end the others in order. To the kernel `us` is the thread that starts it."""
    assert threading.current_thread() is threading.main_thread()
    more.setdefault("stdin", subprocess.DEVNULL)
    process = subprocess.Popen(with_us(*command, by=by, user=user), start_new_session=True, **more)
    _running[:] = [each for each in _running if each[0].poll() is None]
    _running.append((process, getattr(signal, "SIG" + by)))
    return process


def run_process(command, user=None, timeout=DEADLINE_S, **more):
    """subprocess.run, with an end in any case."""
    return subprocess.run(with_us(*command, user=user), timeout=timeout, **more)


def end_process(process, how=signal.SIGTERM, deadline_s=60):
    """Ends a process that we started; its exit code."""
    if process is None:
        return None
    if process.poll() is None:
        process.send_signal(how)
        try:
            process.wait(deadline_s)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
            raise
    return process.returncode


@contextlib.contextmanager
def temporary_folder(keep=False):
    """A folder that PostgreSQL's user can enter."""
    folder = tempfile.mkdtemp(prefix="penstock-")
    os.chmod(folder, 0o755)
    if not keep:
        _folders.append(folder)
    try:
        yield folder
    finally:
        if keep:
            print(f"kept {folder}")
        else:
            shutil.rmtree(folder, ignore_errors=True)
            if not os.path.exists(folder):  # else who writes there still is ended first
                _folders.remove(folder)


def _remove(folder):
    """PostgreSQL's own processes end after their parent, and write until then."""
    for _ in range(100):
        shutil.rmtree(folder, ignore_errors=True)
        if not os.path.exists(folder):
            return
        time.sleep(0.1)


def _leave_nothing():
    for process, how in _running:
        with contextlib.suppress(OSError):
            process.send_signal(how)
    for process, _ in _running:
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
    for folder in _folders:
        _remove(folder)
    _running.clear()
    _folders.clear()


def _terminated(how, *_):
    for each in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(each, signal.SIG_IGN)
    _leave_nothing()
    os._exit(128 + how)


# unittest leaves out the clean-ups of a test that is interrupted.
atexit.register(_leave_nothing)
if threading.current_thread() is threading.main_thread():
    signal.signal(signal.SIGTERM, _terminated)
    signal.signal(signal.SIGHUP, _terminated)  # its terminal was closed

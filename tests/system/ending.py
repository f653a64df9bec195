"""However a test ends, what it has started ends with it."""

import contextlib
import os
import signal
import subprocess
import sys
import unittest

from services import temporary_folder, wait_until

HERE = os.path.dirname(os.path.abspath(__file__))
# Says which processes and which folder it has, and waits to be ended.
TEST = f"""
import sys, time
sys.path.insert(0, {HERE!r})
from flow import DEFAULT
from services import Broker, Database, Engine, temporary_folder
with temporary_folder() as folder:
    broker, database = Broker(folder), Database(folder)
    engine = Engine(folder, DEFAULT, broker, database).start().wait_ready()
    print(folder, broker.process.pid, database.process.pid, engine.process.pid,
          broker.load(10**9, "--rate", "100").pid, flush=True)
    # In short pieces: a signal that arrives just before a sleep begins is seen only after it.
    for _ in range(6000):
        time.sleep(0.1)
"""


def is_there(pid):
    """Of a process that nobody waits for, a zombie may be left."""
    try:
        with open(f"/proc/{pid}/stat") as f:
            return f.read().rsplit(")", 1)[1].split()[0] != "Z"
    except FileNotFoundError:
        return False


def at_work_in(folder):
    """Processes whose working folder is in this one."""
    found = []
    for pid in filter(str.isdigit, os.listdir("/proc")):
        with contextlib.suppress(OSError):
            if os.readlink(f"/proc/{pid}/cwd").startswith(folder):
                found.append(pid)
    return found


class Ending(unittest.TestCase):
    def end_by(self, how):
        with temporary_folder() as folder:
            process = subprocess.Popen([sys.executable, "-c", TEST], stdout=subprocess.PIPE, text=True,
                                       env={**os.environ, "TMPDIR": folder})
            self.addCleanup(process.stdout.close)
            line = ""
            while "penstock-" not in line:
                line = process.stdout.readline()
            own, *pids = line.split()
            self.assertTrue(all(is_there(pid) for pid in pids))
            process.send_signal(how)
            process.wait(60)
            wait_until(lambda: not any(is_there(pid) for pid in pids), "they have ended", 30)
            # PostgreSQL's own processes end after their parent.
            wait_until(lambda: not at_work_in(own), "all have ended", 30)
            return os.path.exists(own)

    def test_sigterm_leaves_no_process_and_no_folder(self):
        self.assertFalse(self.end_by(signal.SIGTERM))

    def test_a_closed_terminal_leaves_no_process_and_no_folder(self):
        self.assertFalse(self.end_by(signal.SIGHUP))

    def test_an_interrupt_leaves_no_process_and_no_folder(self):
        self.assertFalse(self.end_by(signal.SIGINT))

    def test_a_kill_leaves_no_process(self):
        self.end_by(signal.SIGKILL)


if __name__ == "__main__":
    unittest.main()

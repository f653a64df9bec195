"""SIGTERM and SIGINT: what was accepted is written, though wrappers send a signal twice; and who is
impatient ends it at once."""

import contextlib
import json
import os
import shutil
import signal
import subprocess
import tempfile
import threading
import time
import unittest

from services import PENSTOCK, wait_until

# A memory intake, and a sink that waits for whoever reads its pipe.
PIPELINE = """
[service]
shutdown_timeout = "60s"

[nodes.machines]
plugin = "generator_source"
rate   = 20000

[nodes.sink]
plugin = "file_sink"
inputs = ["machines"]
path   = "{pipe}"
"""


class Signals(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.mkdtemp(prefix="penstock-signals-")
        self.addCleanup(shutil.rmtree, self.folder)
        self.pipe = os.path.join(self.folder, "pipe")
        os.mkfifo(self.pipe)
        self.pipeline = os.path.join(self.folder, "pipeline.toml")
        with open(self.pipeline, "w") as f:
            f.write(PIPELINE.format(pipe=self.pipe))
        # Held open, so that the sink can begin; read when a test wants its rows.
        self.reader = os.open(self.pipe, os.O_RDONLY | os.O_NONBLOCK)
        self.addCleanup(lambda: self.reader is not None and os.close(self.reader))

    def run_it(self, *wrapper):
        process = subprocess.Popen([*wrapper, PENSTOCK, "--log-format", "json", "run", self.pipeline],
                                   stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True,
                                   start_new_session=True)
        self.lines = []
        thread = threading.Thread(target=lambda: self.lines.extend(process.stderr), daemon=True)
        thread.start()

        def end():
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()
            thread.join()
            process.stderr.close()
        self.addCleanup(end)
        return process

    def log(self):
        return "".join(self.lines)

    def wait_full(self):
        """The sink waits in its write, and there is more behind it."""
        wait_until(lambda: "started" in self.log(), "it has started")
        size = subprocess_pipe_size(self.reader)
        wait_until(lambda: bytes_in(self.reader) > size - 8192, "the pipe is full")
        time.sleep(0.2)  # more comes in behind

    def read_all(self, process):
        os.set_blocking(self.reader, True)
        rows = 0
        while piece := os.read(self.reader, 1 << 20):
            rows += piece.count(b"\n")
        process.wait(60)
        return rows

    def assert_all_written(self, rows):
        wait_until(lambda: "ended; everything accepted is done" in self.log(), "it says so")
        last = json.loads(self.lines[-1])["message"]
        self.assertIn(f"{rows} points received, {rows} stored", last)

    def test_two_signals_at_once_are_one_request(self):
        for how in (signal.SIGTERM, signal.SIGINT):
            with self.subTest(how.name):
                self.lines = []
                process = self.run_it()
                self.wait_full()
                process.send_signal(how)
                wait_until(lambda: "writing what was accepted" in self.log(), "it was heard")
                process.send_signal(how)  # a wrapper's, to the group
                os.killpg(process.pid, signal.SIGTERM)
                time.sleep(0.2)  # for what must not happen
                self.assertIsNone(process.poll(), self.log())
                rows = self.read_all(process)
                self.assertEqual(process.returncode, 0, self.log())
                self.assert_all_written(rows)

    def test_timeout_of_coreutils_loses_nothing(self):
        process = self.run_it("timeout", "2")
        self.wait_full()
        wait_until(lambda: "writing what was accepted" in self.log(), "timeout has sent its signals")
        time.sleep(0.2)
        rows = self.read_all(process)
        self.assertEqual(process.returncode, 124)  # timeout's own
        self.assert_all_written(rows)

    def test_a_second_signal_a_second_later_ends_it_at_once(self):
        process = self.run_it()
        self.wait_full()
        process.send_signal(signal.SIGTERM)
        wait_until(lambda: "writing what was accepted" in self.log(), "it was heard")
        time.sleep(1.1)
        process.send_signal(signal.SIGINT)
        self.assertEqual(process.wait(10), 128 + signal.SIGINT)
        wait_until(lambda: "accepted messages are not written" in self.log(), "the loss is told")

    def test_two_signals_during_a_reload_are_one_request(self):
        process = self.run_it()
        self.wait_full()
        with open(self.pipeline, "a") as f:
            f.write("keep = 5\n")
        process.send_signal(signal.SIGHUP)
        wait_until(lambda: "reload: " in self.log(), "the reload has begun")
        process.send_signal(signal.SIGTERM)
        os.killpg(process.pid, signal.SIGTERM)
        wait_until(lambda: "writing what was accepted, then" in self.log(), "it was heard")
        os.killpg(process.pid, signal.SIGTERM)
        time.sleep(0.2)
        self.assertIsNone(process.poll(), self.log())
        rows = self.read_all(process)
        self.assertEqual(process.returncode, 0, self.log())
        self.assert_all_written(rows)


def bytes_in(pipe):
    import array
    import fcntl
    import termios
    size = array.array("i", [0])
    fcntl.ioctl(pipe, termios.FIONREAD, size)
    return size[0]


def subprocess_pipe_size(pipe):
    import fcntl
    return fcntl.fcntl(pipe, 1032)  # F_GETPIPE_SZ


if __name__ == "__main__":
    unittest.main()

"""SIGTERM and SIGINT: what was accepted is written, though wrappers send a signal twice; and who is
impatient ends it at once."""

import contextlib
import json
import os
import select
import signal
import subprocess
import time
import unittest
import urllib.request

from services import PENSTOCK, free_port, start_process, temporary_folder, wait_until

# A memory intake, and a sink that waits for whoever reads its pipe.
PIPELINE = """
[service]
shutdown_timeout = "60s"

[http]
listen = "127.0.0.1:{port}"

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
        self.folder = self.enterContext(temporary_folder())
        self.pipe = os.path.join(self.folder, "pipe")
        os.mkfifo(self.pipe)
        self.port = free_port()
        self.pipeline = os.path.join(self.folder, "pipeline.toml")
        with open(self.pipeline, "w") as f:
            f.write(PIPELINE.format(pipe=self.pipe, port=self.port))
        # Held open, so that the sink can begin; read when a test wants its rows.
        self.reader = os.open(self.pipe, os.O_RDONLY | os.O_NONBLOCK)
        self.addCleanup(os.close, self.reader)

    def run_it(self, *wrapper):
        with open(os.path.join(self.folder, "log"), "w") as log:
            process = start_process([*wrapper, PENSTOCK, "--log-format", "json", "run", self.pipeline],
                                    stdout=subprocess.DEVNULL, stderr=log)

        def end():
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()
        self.addCleanup(end)
        return process

    def log(self):
        with open(os.path.join(self.folder, "log")) as log:
            return log.read()

    def waiting(self):
        """Messages that are not written yet."""
        with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/status", timeout=60) as answer:
            return json.load(answer)["machines"]["intake"]["undone"]

    def wait_full(self):
        """The sink waits in its write, and there is more behind it."""
        wait_until(lambda: "started" in self.log(), "it has started")
        wait_until(lambda: is_full(self.pipe), "the pipe is full")
        wait_until(lambda: self.waiting() > 2000, "more than a pipe holds has come in behind")

    def wait_taken(self, process):
        """No signal waits for the engine any more. If it took one as its end, it is gone or going, so
        the exit code tells."""
        def none_waits():
            with open(f"/proc/{process.pid}/status") as f:
                fields = dict(line.split(":", 1) for line in f)
            return not any(int(fields[name], 16) for name in ("SigPnd", "ShdPnd") if name in fields)
        wait_until(none_waits, "it has taken the signals")

    def read_all(self, process):
        os.set_blocking(self.reader, True)
        rows = 0
        while piece := os.read(self.reader, 1 << 20):
            rows += piece.count(b"\n")
        os.set_blocking(self.reader, False)
        process.wait(60)
        return rows

    def assert_all_written(self, rows):
        wait_until(lambda: "ended; everything accepted is done" in self.log(), "it says so")
        last = json.loads(self.log().splitlines()[-1])["message"]
        self.assertIn(f"{rows} points received, {rows} stored", last)

    def test_two_signals_at_once_are_one_request(self):
        for how in (signal.SIGTERM, signal.SIGINT):
            with self.subTest(how.name):
                process = self.run_it()
                self.wait_full()
                process.send_signal(how)
                wait_until(lambda: "writing what was accepted" in self.log(), "it was heard")
                process.send_signal(how)  # a wrapper's, to the group
                os.killpg(process.pid, signal.SIGTERM)
                self.wait_taken(process)
                rows = self.read_all(process)
                self.assertEqual(process.returncode, 0, self.log())
                self.assert_all_written(rows)

    def test_timeout_of_coreutils_loses_nothing(self):
        process = self.run_it("timeout", "1h")
        self.wait_full()
        process.send_signal(signal.SIGALRM)  # as its timer does
        wait_until(lambda: "writing what was accepted" in self.log(), "timeout has sent its signals")
        rows = self.read_all(process)
        self.assertEqual(process.returncode, 124)  # timeout's own
        self.assert_all_written(rows)

    def test_a_second_signal_a_second_later_ends_it_at_once(self):
        process = self.run_it()
        self.wait_full()
        process.send_signal(signal.SIGTERM)
        wait_until(lambda: "writing what was accepted" in self.log(), "it was heard")
        time.sleep(1.1)  # the rule's second, and no synchronisation
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
        self.wait_taken(process)
        rows = self.read_all(process)
        self.assertEqual(process.returncode, 0, self.log())
        self.assert_all_written(rows)


def is_full(pipe):
    """Whether a writer would wait: pages that are not filled up make it so before its size is reached."""
    writer = os.open(pipe, os.O_WRONLY | os.O_NONBLOCK)
    try:
        return not select.select([], [writer], [], 0)[1]
    finally:
        os.close(writer)


if __name__ == "__main__":
    unittest.main()

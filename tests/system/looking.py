"""`penstock top` and `penstock tap`: what a terminal shows of a running engine."""

import contextlib
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import threading
import unittest

from flow import SLOW, Flow
from services import PENSTOCK, end_process, run_process, start_process, wait_until

LOOPBACK = ("0.0.0.0:${INGESTION_HTTP_PORT", "127.0.0.1:${INGESTION_HTTP_PORT")


class Looking(Flow):
    def start(self, *changes):
        self.running = self.engine(pipeline=self.pipeline(LOOPBACK, *changes))
        self.url = f"http://127.0.0.1:{self.running.port}"
        return self.running

    def tap(self, place, *more):
        process = start_process([PENSTOCK, "tap", place, "--url", self.url, *more], stdout=subprocess.PIPE,
                                stderr=subprocess.PIPE, text=True)
        self.addCleanup(lambda: (process.kill(), process.communicate()))
        return process

    @contextlib.contextmanager
    def publishing(self, *messages):
        """Again and again: a connection is there before its tap is."""
        stop = threading.Event()

        def publish():
            while not stop.wait(0.1):
                for topic, payload in messages:
                    self.broker.publish(topic, payload)
        thread = threading.Thread(target=publish)
        thread.start()
        try:
            yield
        finally:
            stop.set()
            thread.join()

    def taps_open(self):
        """Sockets of the engine's listener that somebody is connected to."""
        with open("/proc/net/tcp") as table:
            here = f"0100007F:{self.running.port:04X}"
            return sum(line.split()[1] == here and line.split()[3] == "01" for line in table)

    # ---- tap ----

    def test_a_tap_gives_rows_of_a_node_of_a_port_and_of_what_comes_to_a_sink(self):
        self.start()
        taps = {place: self.tap(place, "--limit", "1") for place in
                ("mqtt", "decoder", "decoder.rejected", "database", "dead_letters")}
        wait_until(lambda: any(tap.poll() is not None for tap in taps.values()), "a fifth is refused")
        refused = [place for place, tap in taps.items() if tap.poll() is not None]
        self.assertEqual(len(refused), 1)
        self.assertIn("too many taps", taps.pop(refused[0]).communicate(timeout=60)[1])
        with self.publishing(("dev/a/b", '{"value":1.5,"unit":"K"}'), ("dev/a/c", "not JSON")):
            rows = {place: tap.communicate(timeout=60)[0] for place, tap in taps.items()}
        for place, text in rows.items():
            row = json.loads(text)
            self.assertEqual(taps[place].returncode, 0)
            if place == "mqtt" and row["topic"] == "dev/a/c":
                continue
            if place in ("decoder", "database"):
                self.assertEqual((row["topic"], row["value"], row["metadata"]),
                                 ("dev/a/b", 1.5, {"unit": "K"}))
            elif place == "mqtt":
                self.assertEqual((row["topic"], row["payload"]), ("dev/a/b", {"value": 1.5, "unit": "K"}))
            else:
                self.assertEqual((row["payload"], row["node"]), ("not JSON", "decoder"))

    def test_a_tap_goes_on_through_a_reload_and_ends_with_its_node(self):
        engine = self.start()
        tap = self.tap("decoder")
        with self.publishing(("dev/a/b", '{"value":1}')):
            self.assertEqual(json.loads(tap.stdout.readline())["value"], 1)
        run_process([PENSTOCK, "reload", "--pid", str(engine.process.pid)], check=True,
                    capture_output=True)
        other = self.tap("dead_letters")
        wait_until(lambda: self.taps_open() == 2, "it is open")
        with self.publishing(("dev/a/b", '{"value":2}')):
            while json.loads(tap.stdout.readline())["value"] == 1:
                pass
        with open(engine.pipeline) as f:
            text = f.read()
        with open(engine.pipeline, "w") as f:
            f.write(text[:text.index("# What could not be decoded")])
        run_process([PENSTOCK, "reload", "--pid", str(engine.process.pid)], check=True,
                    capture_output=True)
        self.assertEqual(other.wait(60), 0)

    def test_a_tap_at_full_speed_neither_grows_memory_nor_loses_a_point(self):
        engine = self.start()
        points = 100_000 if SLOW else 600_000
        # A listener that reads nothing, and one that reads all it may.
        deaf = socket.create_connection(("127.0.0.1", engine.port))
        self.addCleanup(deaf.close)
        deaf.sendall(b"GET /tap?node=decoder&rate=1000 HTTP/1.1\r\nHost: localhost\r\n\r\n")
        tap = self.tap("decoder", "--rate", "1000")
        wait_until(lambda: self.taps_open() >= 2, "both are open")
        self.load(points // 2).wait(120)
        self.wait_stored(points // 2)
        before = engine.memory("RssAnon")
        machines = self.broker.load(points // 2)
        self.addCleanup(lambda: (machines.kill(), machines.wait(), machines.stdout.close()))
        machines.wait(120)
        wait_until(lambda: self.database.count() == points, "all are stored")
        engine.assert_balanced(stored=points)
        if not SLOW:  # a sanitizer keeps what was freed
            self.assertLess(engine.memory("RssAnon") - before, 24 << 20)
        tap.send_signal(signal.SIGTERM)
        rows = tap.communicate(timeout=120)[0].splitlines()
        self.assertGreater(len(rows), 100)
        for row in rows[:-1]:
            json.loads(row)

    def test_a_tap_that_is_left_frees_its_place(self):
        self.start()
        for _ in range(4):
            tap = self.tap("decoder")
            wait_until(lambda: self.taps_open() >= 1, "it is open")
            tap.kill()
            tap.wait(60)

        def is_given():
            tap = self.tap("decoder", "--limit", "1")
            with self.publishing(("dev/a/b", '{"value":1}')):
                return '"value":1' in tap.communicate(timeout=60)[0]
        # An idle tap notices within a few seconds that nobody is there.
        wait_until(is_given, "a tap is given again", 30)

    def test_what_cannot_be_tapped_is_told(self):
        self.start()
        for place, words in (("nobody", 'no node or port \\"nobody\\"'),
                             ("decoder.rejcted", 'no node or port \\"decoder.rejcted\\"')):
            tap = self.tap(place)
            self.assertIn(words, tap.communicate(timeout=60)[1])
            self.assertEqual(tap.returncode, 1)
        self.assertEqual(self.running.get("/tap?node=decoder&rate=5000")[0], 400)
        self.assertEqual(self.running.get("/tap?node=decoder&limit=x")[0], 400)
        self.running.stop()
        tap = self.tap("decoder")
        self.assertIn("Connection refused", tap.communicate(timeout=60)[1])

    # ---- top ----

    def test_top_prints_once_what_status_says(self):
        self.start()
        self.load(3000).wait(60)
        self.wait_stored(3000)
        done = run_process([PENSTOCK, "top", self.url, "--once"], capture_output=True, text=True,
                           timeout=60)
        self.assertEqual(done.returncode, 0, done.stderr)
        lines = done.stdout.splitlines()
        self.assertRegex(lines[0], r"^data-ingestion  ok  up .*0 points/s received")
        self.assertEqual(lines[1], "points:  3,000 received  3,000 stored  0 in flight  (balanced)")
        for node in ("mqtt", "decoder", "batcher", "database", "dead_letters"):
            self.assertRegex(done.stdout, rf"(?m)^{node} +ok +0 +0 ")
        self.assertRegex(done.stdout, r"intake \[\.{20}\] 8\.0 MiB of 4\.0 GiB, 0 not done")
        self.assertIn("lanes: 4 idle", done.stdout)
        self.running.stop()
        done = run_process([PENSTOCK, "top", self.url], capture_output=True, text=True, timeout=60)
        self.assertEqual(done.returncode, 1)
        self.assertIn(self.url, done.stderr)

    @unittest.skipUnless(shutil.which("tmux"), "tmux is not installed")
    def test_top_in_a_terminal_shows_a_fault_and_ends_with_q(self):
        self.start()
        socket = ["-S", self.folder + "/tmux"]
        here = ["tmux", "-N", *socket]  # -N: a client that is early must not start a server of its own

        def screen():
            return run_process([*here, "capture-pane", "-p"], capture_output=True, text=True).stdout
        # In the foreground, so that it ends with us.
        server = start_process(["tmux", *socket, "-f", "/dev/null", "-D"])
        self.addCleanup(end_process, server)
        wait_until(lambda: run_process([*here, "list-commands"], capture_output=True).returncode == 0,
                   "tmux listens")
        run_process([*here, "new-session", "-d", "-x", "120", "-y", "30",
                     f"{PENSTOCK} top {self.url}; echo ended with $?; sleep 60"], check=True)
        self.load(40_000, "--rate", "10000")
        wait_until(lambda: re.search(r"^decoder +ok +[1-9]", screen(), re.MULTILINE), "rates are shown", 30)
        self.keep(screen(), "speed")
        self.database.stop()
        self.broker.publish("dev/a/b", '{"value":1}')
        wait_until(lambda: re.search(r"^database +retrying", screen(), re.MULTILINE), "the fault is shown", 30)
        wait_until(lambda: "Connection refused" in screen(), "its reason is shown", 30)
        self.keep(screen(), "fault")
        self.running.stop()
        wait_until(lambda: "asking again" in screen(), "the loss is shown", 30)
        run_process([*here, "send-keys", "q"], check=True)
        wait_until(lambda: "ended with 0" in screen(), "it ends", 30)

    def keep(self, screen, name):
        folder = os.path.join(os.environ["PENSTOCK_BUILD"], "page")
        os.makedirs(folder, exist_ok=True)
        with open(os.path.join(folder, f"top-{name}.txt"), "w") as f:
            f.write(screen)


if __name__ == "__main__":
    unittest.main()

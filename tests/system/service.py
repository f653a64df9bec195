"""What a service manager sees and does: readiness, status, signs of life, reload; and what a
container's probe asks."""

import os
import re
import signal
import socket
import time
import unittest

from flow import DEFAULT, Flow
from services import BUILD, PENSTOCK, free_port, run_process, wait_until

WATCHDOG_S = 3


class Manager:
    """The socket of sd_notify(3)."""

    def __init__(self, folder):
        self.path = os.path.join(folder, "notify")
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.socket.bind(self.path)
        self.socket.setblocking(False)
        self.words = []

    def heard(self, word):
        """How often, up to now."""
        try:
            while True:
                self.words += self.socket.recv(65536).decode().splitlines()
        except BlockingIOError:
            return sum(each.startswith(word) for each in self.words)

    def wait(self, word, times=1):
        wait_until(lambda: self.heard(word) >= times, f"{word} is said {times} times")


class Service(Flow):
    def setUp(self):
        super().setUp()
        self.manager = Manager(self.folder)
        self.addCleanup(self.manager.socket.close)

    def service(self, *arguments, pipeline=DEFAULT, watchdog_s=WATCHDOG_S, **variables):
        engine = self.engine(pipeline=pipeline, ready=False, NOTIFY_SOCKET=self.manager.path,
                             WATCHDOG_USEC=str(watchdog_s * 1_000_000), **variables)
        return engine

    def accept_ten_without_a_database(self, engine):
        self.database.stop()
        for _ in range(10):
            self.broker.publish("dev/a/b", '{"value":1}')
        wait_until(lambda: engine.status()["database"]["lanes"]["retrying"] > 0, "a lane retries")

    def test_it_is_ready_when_connected_and_tells_its_rate(self):
        engine = self.service()
        self.manager.wait("READY=1")
        self.assertEqual(engine.get("/health/ready")[0], 200)
        machines = self.load(20_000, "--rate", "4000")
        wait_until(lambda: self.manager.heard("STATUS=") and any(
            re.match(r"STATUS=[1-9],\d\d\d points/s received", word)
            for word in self.manager.words), "the rate is told")
        self.assertEqual(machines.wait(120), 0)
        self.wait_stored(20_000)
        self.assertEqual(engine.stop(), 0)
        self.assertEqual(self.manager.heard("STOPPING=1"), 1)

    def test_it_is_ready_when_its_retry_has_begun_and_says_what_is_missing(self):
        self.database.stop()
        self.service()
        self.manager.wait("READY=1")
        wait_until(lambda: self.manager.heard("STATUS=") and any(
            "; database: " in word for word in self.manager.words), "the status names the database")

    def test_a_database_that_is_away_is_no_stall_and_does_not_delay_a_stop(self):
        engine = self.service()
        self.manager.wait("READY=1")
        self.accept_ten_without_a_database(engine)
        alive = self.manager.heard("WATCHDOG=1")
        self.manager.wait("WATCHDOG=1", alive + 3)
        before = time.monotonic()
        self.assertEqual(engine.stop(), 0)
        self.assertLess(time.monotonic() - before, 20, "shutdown_timeout is 30 s")
        self.assertIn("accepted messages stay in the intake", engine.log())
        self.database.start()
        engine.start()
        wait_until(lambda: self.database.count() == 10, "all are stored")

    def test_a_stalled_graph_gives_no_sign_of_life(self):
        pipeline = self.pipeline(
            ('[nodes.decoder]\nplugin = "json_decoder"\ninputs = ["mqtt"]',
             '[nodes.stalls]\nplugin = "stalls"\ninputs = ["mqtt"]\n\n'
             '[nodes.decoder]\nplugin = "json_decoder"\ninputs = ["stalls"]'),
            ('[service]', f'[service]\nplugin_path = ["{BUILD}/tests/plugins"]'))
        engine = self.service(pipeline=pipeline)
        self.manager.wait("READY=1")
        self.manager.wait("WATCHDOG=1", 3)  # idle is ok, too
        self.assertEqual(engine.get("/health/live")[0], 200)
        self.broker.publish("dev/a/b", '{"value":1}')
        wait_until(lambda: self.database.count() == 1, "the first is stored")
        self.broker.publish("dev/a/b", "stall")
        wait_until(lambda: "no progress for" in engine.log(), "the stall is logged")
        self.assertEqual(engine.get("/health/live")[0], 503)
        alive = self.manager.heard("WATCHDOG=1")
        time.sleep(WATCHDOG_S)  # what is awaited is that nothing comes
        self.assertEqual(self.manager.heard("WATCHDOG=1"), alive)
        engine.stop(signal.SIGKILL)

    def test_a_reload_is_told_from_its_begin_to_its_end(self):
        engine = self.service()
        self.manager.wait("READY=1")
        os.kill(engine.process.pid, signal.SIGHUP)
        self.manager.wait("READY=1", 2)
        self.assertEqual(self.manager.heard("RELOADING=1"), 1)
        self.assertEqual(engine.status()["reloads"]["done"], 1)

    def test_health_tells_well_from_ill(self):
        def health(url):
            done = run_process([PENSTOCK, "health", url], capture_output=True, text=True)
            return done.returncode, done.stdout + done.stderr

        engine = self.engine()
        here = f"http://127.0.0.1:{engine.port}"
        self.assertEqual(health(here + "/health/ready")[0], 0)
        self.database.stop()
        self.broker.publish("dev/a/b", '{"value":1}')
        wait_until(lambda: engine.get("/health/ready")[0] == 503, "it is not ready")
        code, text = health(here + "/health/ready")
        self.assertEqual(code, 1)
        self.assertIn("database", text)
        self.assertEqual(health(here + "/health/live")[0], 0)
        code, text = health(f"http://127.0.0.1:{free_port()}/health")
        self.assertEqual(code, 1)
        self.assertIn("127.0.0.1", text)
        self.assertIn("is not http://host:port/path", health("localhost:8080")[1])


if __name__ == "__main__":
    unittest.main()

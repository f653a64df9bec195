"""The broker restarted, killed, frozen; the session taken over by another client."""

import os
import signal
import socket
import struct
import sys
import time
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "system"))
from flow import SLOW, Flow  # noqa: E402
from services import end_process, wait_until  # noqa: E402

POINTS = 20_000 if SLOW else 60_000
RATE = 5_000 if SLOW else 20_000


class BrokerFaults:
    receiver = ""

    def start_engine(self, options=""):
        return self.engine(pipeline=self.pipeline(
            ("clean_session = false",
             f'clean_session = false\nreceiver = "{self.receiver}"\n{options}')))

    def test_a_broker_restarted_while_points_wait_in_it_loses_nothing(self):
        engine = self.start_engine()
        for round_number in range(1, 4):
            self.assertEqual(self.load(POINTS // 3).wait(120), 0)
            self.broker.stop()
            wait_until(lambda: engine.get("/health/ready")[0] == 503, "not ready without a broker")
            self.broker.start()
            engine.wait_ready()
            wait_until(lambda: self.stored()[0] >= round_number * (POINTS // 3), "all are stored")
        self.assertEqual(self.stored()[1], POINTS // 3)
        self.assertEqual(engine.stop(), 0)

    def test_a_killed_broker_costs_nothing_that_it_had_handed_over(self):
        engine = self.start_engine()
        self.assertEqual(self.load(POINTS).wait(120), 0)
        self.assert_all_stored(POINTS)
        end_process(self.broker.process, signal.SIGKILL)
        wait_until(lambda: engine.get("/health/ready")[0] == 503, "not ready without a broker")
        self.broker.start()
        engine.wait_ready()
        self.assertEqual(self.load(POINTS).wait(120), 0)
        wait_until(lambda: self.stored()[0] >= 2 * POINTS, "all are stored")
        self.assertEqual(self.stored()[1], POINTS)
        self.assertEqual(engine.stop(), 0)

    def survive_freeze(self, least_s, options=""):
        engine = self.start_engine(options)
        machines = self.load(2 * POINTS, "--rate", str(RATE), "--window", "5000")
        wait_until(lambda: self.database.count() > POINTS // 4, "points are stored")
        frozen = time.monotonic()
        self.broker.process.send_signal(signal.SIGSTOP)
        try:
            wait_until(lambda: engine.get("/health/ready")[0] == 503 and
                       time.monotonic() - frozen >= least_s, "the silence is noticed", least_s + 60)
        finally:
            self.broker.process.send_signal(signal.SIGCONT)
        wait_until(lambda: engine.get("/health/ready")[0] == 200, "it is back")
        self.assertEqual(machines.wait(120), 0)
        self.wait_stored(2 * POINTS)
        self.assertEqual(engine.stop(), 0)

    def test_a_frozen_broker_is_noticed_and_comes_back(self):
        self.survive_freeze(5, 'keep_alive = "3s"\nconnect_timeout = "3s"')

    def take_over(self):
        """Connects with the engine's client id, takes what comes and acknowledges nothing."""
        with socket.create_connection(("127.0.0.1", self.broker.port)) as s:
            name = b"test-engine"
            version = b"\x05\x00\x00\x3c\x05\x11\x00\x01\x00\x00" if self.receiver == "bulk" else \
                b"\x04\x00\x00\x3c"
            body = b"\x00\x04MQTT" + version + struct.pack(">H", len(name)) + name
            s.sendall(b"\x10" + bytes([len(body)]) + body)
            s.settimeout(5)
            self.assertEqual(s.recv(1), b"\x20")
            time.sleep(0.2)

    def test_a_session_taken_over_comes_back_with_all_its_points(self):
        engine = self.start_engine()
        machines = self.load(POINTS, "--rate", str(RATE))
        for _ in range(3):
            stored = self.database.count()
            wait_until(lambda: self.database.count() > stored or machines.poll() is not None,
                       "points are stored")
            self.take_over()
        self.assertEqual(machines.wait(120), 0)
        self.wait_stored(POINTS)
        self.assertGreaterEqual(engine.metric("penstock_mqtt_connections_lost_total"), 1)
        self.assertEqual(engine.stop(), 0)


class Bulk(BrokerFaults, Flow):
    receiver = "bulk"

    def test_ninety_seconds_of_a_frozen_broker_lose_nothing(self):
        if SLOW:
            self.skipTest("it is the same with sanitizers, and long")
        self.survive_freeze(90)

    def test_what_the_broker_sends_again_after_a_break_is_not_stored_twice(self):
        engine = self.start_engine()
        self.show_identifiers(engine)
        machines = self.load(POINTS, "--rate", str(RATE))
        for _ in range(5):
            stored = self.database.count()
            wait_until(lambda: self.database.count() > stored or machines.poll() is not None,
                       "points are stored")
            self.take_over()
        self.assertEqual(machines.wait(120), 0)
        self.assert_all_stored(POINTS)
        self.assertEqual(engine.stop(), 0)


class Paho(BrokerFaults, Flow):
    receiver = "paho"


if __name__ == "__main__":
    unittest.main()

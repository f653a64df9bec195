"""Faults of what is around the engine: its process, the broker, the listener."""

import contextlib
import os
import resource
import signal
import socket
import subprocess
import time

from services import PENSTOCK, run_process, wait_until

from .promises import BROKER, CLOCK, CRASH, LISTENER, NEIGHBOURS, ONCE, RELOAD, Skipped, tries


def frozen(process, seconds):
    process.send_signal(signal.SIGSTOP)
    time.sleep(seconds)
    process.send_signal(signal.SIGCONT)


class AroundFaults:
    def __init__(self, world):
        self.world, self.dice = world, world.dice
        self.broker, self.engine = world.broker, world.engine

    @tries(CRASH, ends_process=True)
    def kill(self):
        self.world.kill()
        self.engine.start()

    @tries(ONCE, ends_process=True)
    def restart(self):
        self.world.stop()
        self.engine.start()

    @tries(RELOAD)
    def reload(self):
        done = run_process([PENSTOCK, "reload", "--pid", str(self.engine.process.pid)],
                           capture_output=True, text=True, timeout=120)
        if done.returncode != 0:  # such as when an engine has only just begun
            raise Skipped("refused: " + done.stderr.strip())

    @tries(BROKER)
    def broker_frozen(self):
        frozen(self.broker.process, self.dice.uniform(0.5, 4))

    @tries(BROKER)
    def engine_frozen(self):
        frozen(self.engine.process, self.dice.uniform(0.5, 4))

    @tries(BROKER)
    def session_taken_over(self):
        name = self.engine.environment["INGESTION_MQTT_CLIENT_ID"].encode()
        body = (b"\x00\x04MQTT\x05\x00\x00\x3c\x05\x11\x00\x01\x00\x00" +
                len(name).to_bytes(2, "big") + name)
        with contextlib.suppress(OSError), \
                socket.create_connection(("127.0.0.1", self.broker.port)) as s:
            s.sendall(b"\x10" + bytes([len(body)]) + body)
            s.settimeout(2)
            s.recv(1)

    def flows_on(self):
        before = self.world.database.count()
        self.world.publish_more(1)
        wait_until(lambda: self.world.database.count() > before, "rows flow on", 60)

    @tries(LISTENER)
    def listener_besieged(self):
        held = []
        with contextlib.suppress(OSError):
            for i in range(400):
                s = socket.create_connection(("127.0.0.1", self.engine.port), timeout=5)
                held.append(s)
                s.sendall([b"", b"GET /status HTTP/1.1\r\n", b"GET /" + b"a" * 9000 + b"\r\n\r\n",
                           b"\x16\x03\x01", b"GET /events HTTP/1.1\r\nHost: x\r\n\r\n"][i % 5])
        self.flows_on()
        for s in held:
            s.close()

    @tries(LISTENER)
    def descriptors_used_up(self):
        """No further descriptor for a while."""
        pid = self.engine.process.pid
        soft, hard = resource.prlimit(pid, resource.RLIMIT_NOFILE)
        resource.prlimit(pid, resource.RLIMIT_NOFILE, (len(os.listdir(f"/proc/{pid}/fd")), hard))
        try:
            time.sleep(self.dice.uniform(1, 4))
            self.flows_on()
        finally:
            resource.prlimit(pid, resource.RLIMIT_NOFILE, (soft, hard))

    @tries(NEIGHBOURS)
    def hostile_messages(self):
        """They leave by `rejected`, or are skipped."""
        many = "[" + ",".join(['{"value":1}'] * 100_001) + "]"
        for topic, payload in (("dev/hostile", '{"value":' + "[" * 5000 + "]" * 5000 + "}"),
                               ("dev/hostile", many), ("dev/" + "x" * 5000, '{"value":1}'),
                               ("dev/hostile", "x" * (17 << 20))):
            with contextlib.suppress(subprocess.CalledProcessError):
                self.broker.publish_bytes(topic, payload.encode())

    @tries(CLOCK)
    def clock_set(self):
        if not self.world.clock:
            raise Skipped("tests/clock_shim.so is not built")
        for seconds in (self.dice.choice((-86_400, 86_400, -7, 3_600)), 0):
            self.world.set_clock(seconds)
            time.sleep(self.dice.uniform(0.5, 2))

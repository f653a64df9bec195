"""Full speed with faults at random, for as long as one likes, and counted to the last point. Run
by `./dev soak --minutes 15`.

Rounds of a fixed number of numbered points, through mosquitto into PostgreSQL with
`delivery = "exactly_once"` and a small intake. While they flow, a fault every few seconds. A round
ends when every point of it is stored or among the dead letters; then the table is emptied. In the
first half the engine is killed and started anew as well; in the second it is one process, whose
memory and descriptors are looked at after each round."""

import argparse
import contextlib
import json
import os
import random
import re
import signal
import socket
import subprocess
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "tests", "system"))
from services import (PENSTOCK, ROOT, Broker, Database, Engine, end_process, run_process,  # noqa: E402,E501
                      temporary_folder, wait_until)

BROKEN_EVERY, REFUSED_EVERY = 1000, 3000
PATIENCE_S = 300  # for a round to come to its end after its last fault


def line_text(value):
    return value if isinstance(value, str) else json.dumps(value)


def pipeline(folder):
    with open(os.path.join(ROOT, "pipelines", "default.toml")) as f:
        text = f.read()
    for old, new in (("parallelism = 4", 'parallelism = 4\ndelivery = "exactly_once"'),
                     ('max_bytes = "64MiB"\nkeep      = 5', ""),
                     ("clean_session = false", "clean_session = false\nmax_topic_bytes = 4096"),
                     ("0.0.0.0:", "127.0.0.1:")):
        assert old in text, old
        text = text.replace(old, new)
    path = os.path.join(folder, "soak.toml")
    with open(path, "w") as f:
        f.write(text)
    return path


class Faults:
    """Each method is a fault, with its end. Those that `end_the_process` are for the first half."""

    end_the_process = ("kill", "restart")

    def __init__(self, broker, database, engine, dice):
        self.broker, self.database, self.engine, self.dice = broker, database, engine, dice
        self.counts = {}

    def one(self, may_end_the_process):
        names = [name for name in ("kill", "restart", "reload", "database_restart", "database_crash",
                                   "database_away", "table_locked", "sessions_ended", "broker_frozen",
                                   "session_taken_over", "engine_frozen", "listener_besieged",
                                   "hostile_messages")
                 if may_end_the_process or name not in self.end_the_process]
        name = self.dice.choice(names)
        self.counts[name] = self.counts.get(name, 0) + 1
        getattr(self, name)()

    def kill(self):
        self.engine.process.kill()
        self.engine.process.wait()
        self.engine.start()

    def restart(self):
        code = self.engine.stop()
        assert code == 0, (code, self.engine.log()[-2000:])
        self.engine.start()

    def reload(self):
        # It may be refused, such as when an engine has only just begun.
        run_process([PENSTOCK, "reload", "--pid", str(self.engine.process.pid)],
                    capture_output=True, timeout=120)

    def database_restart(self):
        self.database.stop()
        self.database.start()

    def database_crash(self):
        self.database.kill()
        self.database.start()

    def database_away(self):
        self.database.stop()
        time.sleep(self.dice.uniform(1, 8))
        self.database.start()

    def table_locked(self):
        self.database.psql("BEGIN; LOCK TABLE metrics; SELECT pg_sleep(3); COMMIT")

    def sessions_ended(self):
        self.database.psql("SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                           "WHERE usename = 'nexus_ingestion'")

    def frozen(self, process, seconds):
        process.send_signal(signal.SIGSTOP)
        time.sleep(seconds)
        process.send_signal(signal.SIGCONT)

    def broker_frozen(self):
        self.frozen(self.broker.process, self.dice.uniform(0.5, 4))

    def engine_frozen(self):
        self.frozen(self.engine.process, self.dice.uniform(0.5, 4))

    def session_taken_over(self):
        name = self.engine.environment["INGESTION_MQTT_CLIENT_ID"].encode()
        body = (b"\x00\x04MQTT\x05\x00\x00\x3c\x05\x11\x00\x01\x00\x00" +
                len(name).to_bytes(2, "big") + name)
        with contextlib.suppress(OSError), \
                socket.create_connection(("127.0.0.1", self.broker.port)) as s:
            s.sendall(b"\x10" + bytes([len(body)]) + body)
            s.settimeout(2)
            s.recv(1)

    def listener_besieged(self):
        held = []
        with contextlib.suppress(OSError):
            for i in range(400):
                s = socket.create_connection(("127.0.0.1", self.engine.port), timeout=5)
                held.append(s)
                s.sendall([b"", b"GET /status HTTP/1.1\r\n", b"GET /" + b"a" * 9000 + b"\r\n\r\n",
                           b"\x16\x03\x01", b"GET /events HTTP/1.1\r\nHost: x\r\n\r\n"][i % 5])
        time.sleep(2)
        for s in held:
            s.close()

    def hostile_messages(self):
        """They leave by `rejected`, or are skipped: see Soak.letters."""
        many = "[" + ",".join(['{"value":1}'] * 100_001) + "]"
        for topic, payload in (("dev/hostile", '{"value":' + "[" * 5000 + "]" * 5000 + "}"),
                               ("dev/hostile", many), ("dev/" + "x" * 5000, '{"value":1}'),
                               ("dev/hostile", "x" * (17 << 20))):
            with contextlib.suppress(subprocess.CalledProcessError):
                self.broker.publish_bytes(topic, payload.encode())


class Soak:
    def __init__(self, folder, options):
        self.options = options
        self.dice = random.Random(options.seed)
        self.broker = Broker(folder)
        self.database = Database(folder)
        self.engine = Engine(folder, pipeline(folder), self.broker, self.database,
                             INGESTION_BUFFER_BYTES="96MiB")
        self.letters_path = os.path.join(self.engine.folder, "dead-letters.ndjson")
        self.engine.start().wait_ready()
        self.faults = Faults(self.broker, self.database, self.engine, self.dice)
        self.stored = self.rejected = self.published = self.repeated = 0
        self.rests = []  # memory and descriptors after each round of the second half

    def end(self):
        for stop in (self.engine.stop, self.database.stop, self.broker.stop):
            with contextlib.suppress(Exception):
                stop()

    def position(self):
        return self.engine.status()["mqtt"]["intake"]["position"]

    def is_done(self):
        status = self.engine.status()
        return status and status["mqtt"]["intake"]["undone"] == 0

    def letters(self):
        """Numbers of the dead letters of this round, how many lines they are, and how many more are
        of hostile messages."""
        numbers, lines, hostile = set(), 0, 0
        with contextlib.suppress(FileNotFoundError), open(self.letters_path) as f:
            for line in f:
                row = json.loads(line)
                if row["topic"] == "dev/hostile":
                    hostile += 1
                    continue
                lines += 1
                text = row.get("metadata") or row.get("payload")
                numbers.add(int(re.search(r'"seq":\s*(\d+)', line_text(text))[1]))
        return numbers, lines, hostile

    def round(self, may_end_the_process):
        points = self.options.points
        taken_before = self.position()
        machines = self.broker.load(points, "--sequence", "--window", "5000", "--broken-every",
                                    str(BROKEN_EVERY), "--refused-every", str(REFUSED_EVERY))
        try:
            while machines.poll() is None:
                time.sleep(self.dice.uniform(1, 4))
                if machines.poll() is None:
                    self.faults.one(may_end_the_process)
        finally:
            end_process(machines)
            machines.stdout.close()
        assert machines.returncode == 0, "the machines could not publish"
        self.engine.wait_ready()
        return self.count(points, taken_before)

    def count(self, points, taken_before):
        bad = {n for n in range(points) if self.is_bad(n)}
        good = points - len(bad)
        wait_until(lambda: self.is_done() and self.distinct() >= good, "every point is stored",
                   PATIENCE_S, every_s=0.5)
        rows, distinct = self.database.count(), self.distinct()
        numbers, lines, hostile = self.letters()
        assert distinct == good, (distinct, good)
        assert numbers == bad, f"{len(numbers)} letters of {len(bad)}"
        taken = self.position() - taken_before
        # Messages that the intake took, each stored once or a letter. A kill between a letter's line
        # and its end writes the line again, so that there may be more lines, never fewer.
        assert rows + lines + hostile >= taken, (taken, rows, lines, hostile)
        self.engine.assert_balanced()
        self.published += points
        self.stored += rows
        self.rejected += len(bad)
        self.repeated += rows - distinct
        self.database.psql("TRUNCATE metrics")
        # The sink holds it open; what is counted is forgotten.
        open(self.letters_path, "w").close()
        return rows, lines

    @staticmethod
    def is_bad(number):
        # As bench/load/spoil.hpp has it.
        return any(number % every == every // 2 for every in (BROKEN_EVERY, REFUSED_EVERY))

    def distinct(self):
        return int(self.database.psql("SELECT count(DISTINCT metadata->>'seq') FROM metrics"))

    def rest(self):
        """What the engine holds when it has nothing to do."""
        wait_until(lambda: self.engine.metric("penstock_http_connections") <= 1, "nobody asks")
        pid = self.engine.process.pid
        return self.engine.memory("RssAnon") / 2**20, len(os.listdir(f"/proc/{pid}/fd"))

    def run(self):
        begin = time.monotonic()
        end = begin + self.options.minutes * 60
        number = 0
        while time.monotonic() < end or len(self.rests) < 2:
            first_half = time.monotonic() < begin + self.options.minutes * 30
            number += 1
            rows, lines = self.round(first_half)
            rest = self.rest()
            if not first_half:
                self.rests.append(rest)
            print(f"round {number:>3}: {rows} rows, {lines} dead letters, memory {rest[0]:.0f} MiB, "
                  f"{rest[1]} descriptors", flush=True)
        return self.summary(number)

    def summary(self, rounds):
        faults = ", ".join(f"{n} {name.replace('_', ' ')}"
                           for name, n in sorted(self.faults.counts.items()))
        lost = self.published - (self.stored - self.repeated) - self.rejected
        memory = [rest[0] for rest in self.rests]
        descriptors = [rest[1] for rest in self.rests]
        print(f"""
| what | count |
| --- | --- |
| rounds | {rounds} |
| faults | {sum(self.faults.counts.values())}: {faults} |
| points published | {self.published:,} |
| rows in the database | {self.stored:,}, of which {self.repeated:,} the broker sent twice |
| different points in the dead letters | {self.rejected:,} |
| lost | {lost:,} |
| memory at rest, second half | {memory[0]:.0f} MiB at its begin, {memory[-1]:.0f} at its end, {max(memory):.0f} at most |
| descriptors at rest, second half | {descriptors[0]} at its begin, {descriptors[-1]} at its end |""")
        assert lost == 0, lost
        assert memory[-1] <= memory[0] + 16, memory
        assert descriptors[-1] <= descriptors[0] + 4, descriptors
        code = self.engine.stop()
        assert code == 0, self.engine.log()[-2000:]
        print("\nbalanced: every point is a row or a dead letter, memory and descriptors are flat")
        return 0


def main():
    parser = argparse.ArgumentParser(prog="./dev soak", description=__doc__)
    parser.add_argument("--minutes", type=float, default=15)
    parser.add_argument("--points", type=int, default=1_500_000, help="points of a round")
    parser.add_argument("--seed", type=int, default=random.randrange(10**6),
                        help="the same faults in the same order")
    parser.add_argument("--keep", action="store_true", help="leave the data folder")
    options = parser.parse_args()
    print(f"seed {options.seed}", flush=True)
    with temporary_folder(options.keep) as folder:
        soak = Soak(folder, options)
        try:
            return soak.run()
        except BaseException:
            print("its faults so far:", soak.faults.counts, file=sys.stderr)
            print(soak.engine.log()[-3000:], file=sys.stderr)
            raise
        finally:
            soak.end()


if __name__ == "__main__":
    sys.exit(main())

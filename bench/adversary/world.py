"""An engine with a broker and a database of its own, and what faults may have cost."""

import contextlib
import os
import signal
import time

from services import BUILD, PENSTOCK, Broker, Database, Engine, run_process, wait_until

from .letters import Letters
from .pipeline import Pipeline


class Account:
    """What the faults of a round may have cost, each of which they know exactly."""

    def __init__(self):
        self.base = 0   # positions that were given before the folder began anew
        self.kills = 0  # each may tear a line of letters
        self.forget(0)

    def forget(self, points):
        """A round begins, of numbers below `points` and those that faults will add."""
        self.next_number = points
        self.missing = set()      # numbers that may be neither stored nor rejected
        self.lost_positions = 0   # messages of the intake that are
        self.twice = []           # numbers that may be stored once more, each so often
        self.discarded = 0        # letters that max_bytes and keep deleted

    def lost(self, numbers, positions):
        self.missing |= numbers
        self.lost_positions += positions

    def repeated(self, numbers):
        self.twice += numbers


class World:
    def __init__(self, folder, dice, mounts):
        self.dice, self.mounts = dice, mounts
        self.broker, self.database = Broker(folder, "sys_interval 1\n"), Database(folder)
        self.database.psql("CREATE TABLE second (LIKE metrics);"
                           "GRANT SELECT, INSERT ON second TO nexus_ingestion")
        self.letters_disk = self.small_disk(folder, "letters", 64)
        wants_small = dice.random() < 0.5
        self.intake_disk = self.small_disk(folder, "intake-disk", 320) if wants_small else None
        self.intake = os.path.join(self.intake_disk or folder, "intake")
        self.letters = Letters(self.letters_disk or folder)
        self.pipeline = Pipeline(folder, self.intake, self.letters.path)
        self.engine = Engine(folder, self.pipeline.path, self.broker, self.database,
                             INGESTION_BUFFER_BYTES="96MiB")
        self.clock = self.preload_clock(folder)
        self.account = Account()
        self.flows = lambda: False  # whether messages come
        self.engine.start().wait_ready()

    def say(self, text):
        print(f"           {text}", flush=True)

    # Small file systems.

    def small_disk(self, folder, name, mebibytes):
        """A folder that can be full, or None."""
        path = os.path.join(folder, name)
        os.mkdir(path)
        done = run_process(["mount", "-t", "tmpfs", "-o", f"size={mebibytes}m,mode=755", "tmpfs", path],
                           capture_output=True)
        if done.returncode != 0:
            return None
        self.mounts.callback(run_process, ["umount", "-l", path])
        return path

    @contextlib.contextmanager
    def filled(self, disk):
        filler = os.path.join(disk, "filler")
        with open(filler, "wb", buffering=0) as f, contextlib.suppress(OSError):
            for size in (1 << 20, 4096, 1):
                with contextlib.suppress(OSError):
                    while f.write(b"x" * size):
                        pass
        try:
            yield
        finally:
            os.remove(filler)

    # The clock.

    def preload_clock(self, folder):
        shim = os.path.join(BUILD, "tests", "clock_shim.so")
        if not os.path.exists(shim):
            return None
        clock = os.path.join(folder, "clock")
        self.engine.environment.update(LD_PRELOAD=shim, CLOCK_OFFSET_FILE=clock)
        return clock

    def set_clock(self, seconds):
        with open(self.clock + ".new", "w") as f:
            f.write(str(seconds))
        os.rename(self.clock + ".new", self.clock)

    # The engine.

    def kill(self):
        self.account.kills += 1
        self.engine.process.kill()
        self.engine.process.wait()

    def stop(self):
        code = self.engine.stop()
        assert code == 0, (code, self.engine.log()[-2000:])

    def end_somehow(self):
        self.dice.choice((self.kill, self.stop))()

    def change(self, **values):
        """Of the pipeline, by a reload. It is refused while an engine has only just begun."""
        before = self.pipeline.change(**values)

        def reloaded():
            done = run_process([PENSTOCK, "reload", "--pid", str(self.engine.process.pid)],
                               capture_output=True, text=True, timeout=120)
            self.words = done.stdout + done.stderr
            return done.returncode == 0
        try:
            wait_until(reloaded, "it is reloaded", 60, every_s=0.5)
        except TimeoutError as e:
            raise TimeoutError(f"{e}: {self.words}") from e
        return before

    @contextlib.contextmanager
    def changed(self, **values):
        before = self.change(**values)
        yield
        self.change(**before)

    def publish_more(self, points, topic="dev/more"):
        """Points with numbers of their own."""
        first = self.account.next_number
        self.account.next_number += points
        self.broker.publish_lines(topic, [f'{{"value":1,"seq":{first + i}}}' for i in range(points)])

    def taken(self):
        """Messages that intakes ever took."""
        return self.account.base + self.engine.status()["mqtt"]["intake"]["position"]

    def sent(self):
        """Messages that the broker ever sent, by its own count, which it makes every second."""
        time.sleep(2)
        return int(run_process(["mosquitto_sub", "-p", str(self.broker.port), "-C", "1", "-t",
                                "$SYS/broker/publish/messages/sent"], capture_output=True, text=True,
                               check=True).stdout)

    def rest(self):
        """What the engine holds when it has nothing to do: MiB and descriptors."""
        if self.pipeline.second:
            self.change(second=False)  # which has descriptors, too
        wait_until(lambda: self.engine.metric("penstock_http_connections") <= 1, "nobody asks")
        pid = self.engine.process.pid
        return self.engine.memory("RssAnon") / 2**20, len(os.listdir(f"/proc/{pid}/fd"))

    def end(self):
        for process in (self.engine.process, self.broker.process):
            with contextlib.suppress(Exception):
                process.send_signal(signal.SIGCONT)
        for stop in (self.engine.stop, self.database.stop, self.broker.stop):
            with contextlib.suppress(Exception):
                stop()

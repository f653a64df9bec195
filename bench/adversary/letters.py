"""The files of dead letters, what was read in them, and their faults."""

import contextlib
import fcntl
import glob
import json
import os
import re
import subprocess
import time

from services import PENSTOCK, end_process, run_process, start_process, wait_until

from .promises import DISK, LETTERS, REPLAY, Skipped, tries


class Letters:
    """Those of a round. A letter counts that waits to be replayed; of one that was, there is another."""

    def __init__(self, folder):
        self.folder = folder
        self.path = os.path.join(folder, "dead-letters.ndjson")
        self.forget()

    def forget(self):
        self.gone = []  # lines of files that a fault deleted
        self.moved = 0

    def files(self):
        return [path for path in sorted(glob.glob(self.path + "*")) if os.path.isfile(path)]

    def move(self):
        """As logrotate does. The new name, or None."""
        self.moved += 1
        name = f"{self.path}.moved-{self.moved}"
        with contextlib.suppress(FileNotFoundError):
            os.rename(self.path, name)
            return name

    def delete(self, path):
        """Reads it first: who writes locks it."""
        with contextlib.suppress(FileNotFoundError), open(path, errors="replace") as f:
            fcntl.flock(f, fcntl.LOCK_EX)
            self.gone += f.readlines()
            os.remove(path)

    def lines(self):
        lines = list(self.gone)
        for path in self.files():
            with open(path, errors="replace") as f:
                lines += f.readlines()
        return lines

    def read(self):
        """Numbers of the letters, how many lines they are, how many more are of hostile messages, and
        how many lines nobody can read."""
        numbers, lines, hostile, torn = set(), 0, 0, 0
        for line in self.lines():
            try:
                row = json.loads(line)
            except ValueError:
                torn += bool(line.strip())
                continue
            if row["replayed"]:
                continue
            if row["topic"] == "dev/hostile":
                hostile += 1
                continue
            lines += 1
            text = row.get("metadata") or row.get("payload")
            text = text if isinstance(text, str) else json.dumps(text)
            numbers.add(int(re.search(r'"seq":\s*(\d+)', text)[1]))
        return numbers, lines, hostile, torn

    def clear(self):
        for path in self.files():
            self.delete(path)
        self.forget()


class LetterFaults:
    def __init__(self, world):
        self.world, self.dice = world, world.dice
        self.engine, self.letters = world.engine, world.letters

    @tries(LETTERS)
    def letters_deleted(self):
        self.letters.delete(self.letters.path)

    @tries(LETTERS)
    def letters_renamed(self):
        self.letters.move()

    @tries(LETTERS)
    def letters_unwritable(self):
        """A folder has their name."""
        def take_name():
            self.letters.move()
            with contextlib.suppress(FileExistsError):
                os.mkdir(self.letters.path)
            return os.path.isdir(self.letters.path)
        wait_until(take_name, "the name is taken")
        time.sleep(self.dice.uniform(1, 4))
        os.rmdir(self.letters.path)

    @tries(DISK)
    def letters_disk_full(self):
        if not self.world.letters_disk:
            raise Skipped("no small file system can be mounted here")
        with self.world.filled(self.world.letters_disk):
            time.sleep(self.dice.uniform(1, 4))

    @tries(LETTERS)
    def letters_full(self):
        """Bounded, and blocking when full: full files are moved away for a while."""
        with self.world.changed(letters='max_bytes = "32KiB"\nkeep = 2\nwhen_full = "block"\n'):
            for _ in range(self.dice.randint(1, 3)):
                time.sleep(self.dice.uniform(0.5, 2))
                for path in self.letters.files():
                    if re.fullmatch(r".*\.\d", path):
                        self.letters.moved += 1
                        os.rename(path, f"{self.letters.path}.moved-{self.letters.moved}")

    @tries(LETTERS)
    def letters_discarded(self):
        """Bounded, and the oldest deleted when full: each of these is counted."""
        def discarded():
            return self.engine.status()["accounting"]["rejected_discarded"]
        before = discarded()
        with self.world.changed(letters='max_bytes = "8KiB"\nkeep = 1\n'):
            time.sleep(self.dice.uniform(1, 4))
        self.world.account.discarded += discarded() - before
        self.world.say(f"{discarded() - before} discarded")

    def command(self, *paths):
        return [PENSTOCK, "replay", *paths, "--pipeline", self.engine.pipeline]

    def replay(self, *paths):
        done = run_process(self.command(*paths), env=self.engine.environment, cwd=self.engine.folder,
                           capture_output=True, text=True, timeout=180)
        assert done.returncode == 0, done.stderr[-2000:]

    @tries(REPLAY)
    def replay_beside_the_engine(self):
        files = self.letters.files()
        if not files:
            raise Skipped("there were no letters")
        self.replay(*files)

    @tries(REPLAY)
    def replay_broken_off(self):
        """Again and again, and the file renamed in between."""
        path = self.letters.path
        if not os.path.exists(path):
            raise Skipped("there were no letters")
        for _ in range(self.dice.randint(1, 3)):
            process = start_process(self.command(path), env=self.engine.environment,
                                    cwd=self.engine.folder, stdout=subprocess.DEVNULL,
                                    stderr=subprocess.DEVNULL)
            time.sleep(self.dice.uniform(0.05, 1))
            process.kill()
            end_process(process)
            self.world.account.kills += 1
            if path == self.letters.path and self.dice.random() < 0.5:
                path = self.letters.move() or path
        self.replay(path)
        left = [name for name in os.listdir(self.letters.folder) if name.startswith("replay-")]
        assert not left, left

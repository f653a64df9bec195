"""Full speed with faults at random, for as long as one likes, and counted to the last point. Run
by `./dev soak --minutes 15`.

Rounds of a fixed number of numbered points, through mosquitto into PostgreSQL with
`delivery = "exactly_once"` and a small intake. While they flow, a fault every few seconds
(bench/adversary), which knows what it may have cost: the numbers that its damage hit, the letters
that it deleted. A round ends when every other point is stored or among the dead letters; then table and
letters are emptied. In the first half the engine is also killed and restarted, and its log
damaged; in the second it is one process, whose memory and descriptors are looked at after each round."""

import argparse
import contextlib
import os
import random
import statistics
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "tests", "system"))
from adversary.draw import Draw  # noqa: E402
from adversary.world import World  # noqa: E402
from services import end_process, temporary_folder, wait_until  # noqa: E402

BROKEN_EVERY, REFUSED_EVERY = 1000, 3000
MOST_MEMORY = 64  # MiB
PATIENCE_S = 600  # for a round to come to its end after its last fault


class Soak:
    def __init__(self, folder, options, mounts):
        self.options = options
        self.world = World(folder, random.Random(options.seed), mounts)
        self.faults = Draw(self.world, options.only)
        self.stored = self.rejected = self.published = self.repeated = self.hit = self.torn = 0
        self.discarded = 0  # letters
        self.rests = []  # memory and descriptors after each round of the second half

    def round(self, may_end_the_process):
        points, world = self.options.points, self.world
        taken_before, sent_before = world.taken(), world.sent()
        kills_before = world.account.kills
        world.account.forget(points)
        machines = world.broker.load(points, "--sequence", "--window", "5000", "--broken-every",
                                     str(BROKEN_EVERY), "--refused-every", str(REFUSED_EVERY))
        world.flows = lambda: machines.poll() is None or not self.is_done()
        try:
            while world.flows():
                time.sleep(world.dice.uniform(0.5, 3))
                if world.flows():
                    self.faults.one(may_end_the_process)
        finally:
            end_process(machines)
            machines.stdout.close()
        assert machines.returncode == 0, "the machines could not publish"
        world.engine.wait_ready()
        self.wait_for_end()
        taken, sent = world.taken() - taken_before, world.sent() - sent_before
        assert taken <= sent, f"{taken} messages of the intake, {sent} of the broker"
        return self.count(points, taken, world.account.kills - kills_before)

    def wait_for_end(self):
        """The broker hands over in its order, so that what comes last says that all came."""
        world = self.world
        world.publish_more(1, "dev/last")
        wait_until(lambda: world.database.count("topic = 'dev/last'") > 0, "the last is stored", PATIENCE_S,
                   every_s=0.5)
        wait_until(self.is_done, "all is done", PATIENCE_S, every_s=0.5)

    def is_done(self):
        status = self.world.engine.status()
        return bool(status) and status["mqtt"]["intake"]["undone"] == 0

    def unstored(self, numbers):
        """Those without a row."""
        text = self.world.database.psql(
            f"SELECT generate_series(0, {numbers - 1}) EXCEPT SELECT (metadata->>'seq')::int FROM metrics")
        return {int(number) for number in text.split()}

    def count(self, points, taken, kills):
        world, account = self.world, self.world.account
        bad = {n for n in range(points) if self.is_bad(n)}
        unstored = self.unstored(account.next_number)
        rows, distinct = world.database.count(), account.next_number - len(unstored)
        numbers, lines, hostile, torn = world.letters.read()
        missing = unstored - numbers
        lost = missing - account.missing
        assert lost <= bad and len(lost) <= account.discarded, \
            f"lost: {len(lost)}, {account.discarded} letters were discarded: {sorted(lost)[:20]}"
        assert numbers <= bad, f"letters of good points: {sorted(numbers - bad)[:20]}"
        assert bad <= unstored, f"rows of bad points: {sorted(bad - unstored)[:20]}"
        assert torn <= kills, f"{torn} lines that nobody can read, {kills} kills"
        # Messages that the intake took, each stored once or a letter. A kill between a letter's line
        # and its end writes the line again, so that there may be more lines, never fewer.
        assert rows + lines + hostile + account.lost_positions + account.discarded >= taken, \
            (taken, rows, lines, hostile, account.lost_positions, account.discarded)
        # Each number without a row was taken at least once.
        assert rows + len(unstored) <= taken + len(account.twice), \
            f"doubled: {rows} rows, {len(unstored)} without, {taken} taken, {len(account.twice)} may be twice"
        self.check_second()
        world.engine.assert_balanced()
        self.published += account.next_number
        self.stored += rows
        self.rejected += len(numbers)
        self.repeated += rows - distinct
        self.hit += len(missing - lost)
        self.discarded += len(lost)
        self.torn += torn
        world.database.psql("TRUNCATE metrics, second")
        world.letters.clear()
        return rows, lines, len(missing)

    def check_second(self):
        """The second sink stored no message more often than the first, but for those that were hit
        after one had them."""
        account = self.world.account
        text = self.world.database.psql(
            "SELECT seq FROM (SELECT metadata->>'seq' AS seq, count(*) AS n FROM second GROUP BY 1) two "
            "LEFT JOIN (SELECT metadata->>'seq' AS seq, count(*) AS n FROM metrics WHERE metadata->>'seq' "
            "IN (SELECT metadata->>'seq' FROM second) GROUP BY 1) one USING (seq) "
            "WHERE two.n > coalesce(one.n, 0)")
        doubled = {int(number) for number in text.split()} - account.missing - set(account.twice)
        assert not doubled, f"doubled in the second sink: {len(doubled)}: {sorted(doubled)[:20]}"

    @staticmethod
    def is_bad(number):
        # As bench/load/spoil.hpp has it.
        return any(number % every == every // 2 for every in (BROKEN_EVERY, REFUSED_EVERY))

    def run(self):
        begin = time.monotonic()
        end = begin + self.options.minutes * 60
        number = 0
        while time.monotonic() < end or len(self.rests) < 2:
            first_half = time.monotonic() < begin + self.options.minutes * 30
            number += 1
            print(f"round {number:>3}:", flush=True)
            rows, lines, missing = self.round(first_half)
            rest = self.world.rest()
            if not first_half:
                self.rests.append(rest)
            print(f"round {number:>3}: tried: {self.faults.take_round()}\n"
                  f"           {rows} rows, {lines} dead letters, {missing} hit and counted, memory "
                  f"{rest[0]:.0f} MiB, {rest[1]} descriptors", flush=True)
        return self.summary(number)

    def summary(self, rounds):
        counts = self.faults.counts
        faults = ", ".join(f"{n} {name.replace('_', ' ')}" for name, n in sorted(counts.items()) if n)
        memory = [rest[0] for rest in self.rests]
        descriptors = [rest[1] for rest in self.rests]
        thirds = [memory[i * len(memory) // 3:(i + 1) * len(memory) // 3] for i in range(3)]
        print(f"""
| what | count |
| --- | --- |
| rounds | {rounds} |
| faults | {sum(counts.values())}: {faults} |
| points published | {self.published:,} |
| rows in the database | {self.stored:,}, of which {self.repeated:,} the broker sent twice, or were pending in a copy |
| different points in the dead letters | {self.rejected:,} |
| hit by damage or deleted with a folder, and counted | {self.hit:,} |
| only in letters that were discarded, and counted | {self.discarded:,} |
| lines of letters torn by kills | {self.torn} |
| memory at rest, second half | {memory[0]:.0f} MiB at the start, {memory[-1]:.0f} at the end, peak {max(memory):.0f} |
| descriptors at rest, second half | {descriptors[0]} at the start, {descriptors[-1]} at the end |

| guarantee | times tried |
| --- | --- |""")
        for promise, times in sorted(self.faults.tried.items()):
            print(f"| {promise} | {times} |")
        for name, why in self.faults.skipped.items():
            print(f"\nskipped: {name.replace('_', ' ')}: {why}")
        assert max(memory) <= MOST_MEMORY, memory
        if all(thirds):  # it comes to an end of growing
            assert statistics.median(thirds[2]) <= statistics.median(thirds[1]) + 8, memory
        assert descriptors[-1] <= descriptors[0] + 4, descriptors
        self.world.stop()
        print("\nbalanced: every point is a row, a dead letter, or was hit by counted damage; memory and "
              "descriptors are flat")
        return 0


def main():
    parser = argparse.ArgumentParser(prog="./dev soak", description=__doc__)
    parser.add_argument("--minutes", type=float, default=15)
    parser.add_argument("--points", type=int, default=1_500_000, help="points of a round")
    parser.add_argument("--seed", type=int, default=random.randrange(10**6),
                        help="of the faults and their order")
    parser.add_argument("--only", nargs="+", default=(), metavar="FAULT", help="draw from these alone")
    parser.add_argument("--keep", action="store_true", help="leave the data folder")
    options = parser.parse_args()
    print(f"seed {options.seed}", flush=True)
    with temporary_folder(options.keep) as folder, contextlib.ExitStack() as mounts:
        soak = Soak(folder, options, mounts)
        try:
            return soak.run()
        except BaseException:
            print("its faults so far:", dict(soak.faults.counts), file=sys.stderr)
            print(soak.world.engine.log()[-3000:], file=sys.stderr)
            raise
        finally:
            soak.world.end()


if __name__ == "__main__":
    sys.exit(main())

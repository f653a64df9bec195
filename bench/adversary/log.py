"""Damage of the intake's log. Before it, what the log holds is read, so that what may be missing
afterwards is known by position and number."""

import json
import os
import re
import time

from services import PENSTOCK, run_process, wait_until

from .promises import DAMAGE, Skipped, tries

PADDING = 64  # bytes behind the last payload of a block that its readers may touch
# Positions go on at a multiple of this when the checkpoint can't say where (engine/intake/recovery.cpp).
RESTART_STEP = 1 << 40
NUMBER = re.compile(rb'"seq":(\d+)}?')


class Log:
    """What a folder holds that is not done: payloads by position."""

    def __init__(self, folder):
        shown = self.ask(folder)
        self.segments = {name: (int(first), int(last)) for name, first, last in re.findall(
            r"(?m)^(\d+\.segment) +\d+ +(\d+) … (\d+)", shown)}
        position = re.search(r"(?m)^position +(\d+)", shown)
        self.position = max([int(position[1]) if position else 0] +
                            [last + 1 for _, last in self.segments.values()])
        self.undone = {}
        for line in self.ask("--dump", folder).splitlines():
            message = json.loads(line)
            self.undone[message["position"]] = message.get("payload", "").encode()

    @staticmethod
    def ask(*arguments):
        return run_process([PENSTOCK, "intake", *arguments], capture_output=True, text=True,
                           check=True).stdout

    def within(self, segment):
        """Its undone positions."""
        first, last = self.segments[segment]
        return {position for position in self.undone if first <= position <= last}

    def segments_in_use(self):
        return sorted(name for name in self.segments if self.within(name))

    def numbers(self, positions):
        found = (NUMBER.search(self.undone[position]) for position in positions)
        return {int(match[1]) for match in found if match}

    def places(self, segment, content):
        """Where payloads end in the segment's bytes, as far as their bytes stand there only once:
        what an earlier life left is there still."""
        ends = {}
        for match in NUMBER.finditer(content):
            ends.setdefault(match[1], []).append(match.end())
        places = {}
        for position in self.within(segment):
            payload = self.undone[position]
            match = NUMBER.search(payload)
            if not match or match.end() != len(payload):
                continue
            there = [end for end in ends.get(match[1], ())
                     if content[end - len(payload):end] == payload]
            if len(there) == 1:
                places[position] = there[0]
        return places


class Harm:
    """What damage costs: positions that `must` be lost, and those that `may` be; of the latter, and of
    what was done, `most` are counted."""

    def __init__(self, must=(), may=(), most=None):
        self.must, self.may = set(must), set(may) | set(must)
        self.most = len(self.may) if most is None else most


class DamageFaults:
    def __init__(self, world):
        self.world, self.dice = world, world.dice
        self.database, self.engine = world.database, world.engine
        self.folder = world.intake

    def damage(self, harm):
        """The engine dies in its work, and what it wrote is changed."""
        self.database.stop()
        time.sleep(self.dice.uniform(0.3, 1.5))
        self.world.kill()
        before = Log(self.folder)
        try:
            done = harm(before)
        except Skipped:
            self.database.start()
            self.engine.start()
            raise
        lost = before.undone.keys() - Log(self.folder).undone.keys()
        self.database.start()
        self.engine.start()
        wait_until(self.engine.status, "the engine answers")
        counted = int(self.engine.metric("penstock_intake_damaged_messages_total"))
        seen = (f"{len(done.must)} must, {len(done.may)} may be lost; {len(lost)} are, "
                f"{counted} counted, of at most {done.most}")
        assert done.must <= lost <= done.may and len(lost) <= counted <= done.most, seen
        self.world.account.lost(before.numbers(lost), counted)
        step = (before.position // RESTART_STEP + 1) * RESTART_STEP
        if self.engine.status()["mqtt"]["intake"]["position"] >= step:
            self.world.account.base += before.position - step
        self.world.say(seen)

    def choose_segment(self, log):
        if not log.segments_in_use():
            raise Skipped("the log was empty")
        return self.dice.choice(log.segments_in_use())

    def path(self, segment):
        return os.path.join(self.folder, segment)

    def change(self, segment, changes):
        with open(self.path(segment), "r+b") as f:
            for at, content in changes:
                f.seek(at)
                f.write(content)

    def content(self, segment):
        with open(self.path(segment), "rb") as f:
            return f.read()

    def flip(self, segment, content, byte):
        self.change(segment, [(byte, bytes([content[byte] ^ 1 << self.dice.randrange(8)]))])

    @tries(DAMAGE, ends_process=True)
    def bits_flipped_in_payloads(self):
        def harm(log):
            segment = self.choose_segment(log)
            content = self.content(segment)
            places = sorted(log.places(segment, content).items())
            hit = self.dice.sample(places, min(len(places), self.dice.randint(1, 9)))
            for position, end in hit:
                self.flip(segment, content, end - 1 - self.dice.randrange(len(log.undone[position])))
            return Harm(must=[position for position, _ in hit])
        self.damage(harm)

    @tries(DAMAGE, ends_process=True)
    def bits_flipped_anywhere(self):
        """Each costs no more than the two messages that an offset parts."""
        def harm(log):
            segment = self.choose_segment(log)
            content = self.content(segment)
            flips = self.dice.randint(1, 20)
            for byte in self.dice.sample(range(len(content)), flips):
                self.flip(segment, content, byte)
            return Harm(may=log.within(segment), most=2 * flips)
        self.damage(harm)

    def cut(self, log, cut):
        """At a payload, or short before or behind. Of a block whose index is behind the cut nobody
        knows what was done, so that all behind it may be counted."""
        segment = self.choose_segment(log)
        places = log.places(segment, self.content(segment))
        if not places:
            raise Skipped("no payload can be told in the segment")
        at = max(0, self.dice.choice(sorted(places.values())) + self.dice.randint(-200, 200))
        cut(segment, at)
        undone = log.within(segment)
        kept = {position for position, end in places.items() if end <= at - PADDING}
        must = {position for position, end in places.items() if end > at}
        first, last = log.segments[segment]
        end = log.position if last + 1 == max(e + 1 for _, e in log.segments.values()) else last + 1
        return Harm(must, undone - kept, end - first)

    @tries(DAMAGE, ends_process=True)
    def segment_cut_short(self):
        self.damage(lambda log: self.cut(log, lambda segment, at: os.truncate(self.path(segment), at)))

    @tries(DAMAGE, ends_process=True)
    def tail_torn(self):
        """What a machine leaves that lost its power: from some byte on nothing was written."""
        def tear(segment, at):
            self.change(segment, [(at, bytes(os.path.getsize(self.path(segment)) - at))])
        self.damage(lambda log: self.cut(log, tear))

    @tries(DAMAGE, ends_process=True)
    def segment_deleted(self):
        def harm(log):
            segment = self.choose_segment(log)
            os.remove(self.path(segment))
            first, last = log.segments[segment]
            return Harm(must=log.within(segment), most=max(last + 1, log.position) - first)
        self.damage(harm)

    @tries(DAMAGE, ends_process=True)
    def segment_header_zeroed(self):
        """One copy, or both: the checkpoint has it, too."""
        def harm(log):
            segment = self.choose_segment(log)
            self.change(segment, [(0, bytes(self.dice.choice((2048, 4096))))])
            return Harm()
        self.damage(harm)

    @tries(DAMAGE, ends_process=True)
    def checkpoint_damaged(self):
        """Its page or its table, by a bit or as a whole: the segments have all of it, too."""
        def harm(_):
            content = self.content("checkpoint")
            harms = (lambda: os.remove(self.path("checkpoint")),
                     lambda: self.change("checkpoint", [(0, bytes(4096))]),
                     lambda: self.flip("checkpoint", content, self.dice.randrange(800)),
                     lambda: self.flip("checkpoint", content, self.dice.randrange(4096, 8192)))
            self.dice.choice(harms)()
            return Harm()
        self.damage(harm)

"""Draws faults by seed, and counts which promises they tried."""

import collections

from .around import AroundFaults
from .database import DatabaseFaults
from .folder import FolderFaults
from .letters import LetterFaults
from .log import DamageFaults
from .pipeline import PipelineFaults
from .promises import Skipped

KINDS = (AroundFaults, DatabaseFaults, DamageFaults, FolderFaults, LetterFaults, PipelineFaults)


class Draw:
    def __init__(self, world, only=()):
        self.dice, self.world = world.dice, world
        self.all = {}
        for kind in KINDS:
            faults = kind(world)
            self.all.update({name: getattr(faults, name) for name, method in vars(kind).items()
                             if hasattr(method, "promise") and (not only or name in only)})
        self.bag = []
        self.counts, self.skipped = collections.Counter(), {}
        self.tried = collections.Counter()        # promise → times
        self.round_tried = collections.Counter()  # of this round

    def one(self, may_end_the_process):
        """All once, in an order of the dice, before one comes again."""
        may = [name for name in self.bag if may_end_the_process or not self.all[name].ends_process]
        if not may:
            self.bag += [name for name in self.all if name not in self.bag]
            self.dice.shuffle(self.bag)
            may = [name for name in self.bag if may_end_the_process or not self.all[name].ends_process]
        if not may:
            return
        name = may[0]
        self.bag.remove(name)
        self.world.say(name.replace("_", " "))
        self.counts[name] += 1
        promise = self.all[name].promise
        try:
            self.all[name]()
        except Skipped as e:
            self.counts[name] -= 1
            self.skipped[name] = str(e)
            return
        self.tried[promise] += 1
        self.round_tried[promise] += 1

    def take_round(self):
        """The promises that a round tried."""
        tried = ", ".join(f"{promise} ({n})" for promise, n in self.round_tried.items())
        self.round_tried.clear()
        return tried or "nothing"

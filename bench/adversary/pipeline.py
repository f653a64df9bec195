"""The pipeline's file, and faults that change it while it runs."""

import os

from services import ROOT

from .promises import RELOAD, tries

BATCHER = ('[nodes.batcher]\nplugin   = "batcher"\ninputs   = ["decoder"]\nrows     = 5000\n'
           'interval = "100ms"\n')


class Pipeline:
    """The default pipeline with `exactly_once`, and what is changed in it for a while."""

    def __init__(self, folder, intake, letters):
        with open(os.path.join(ROOT, "pipelines", "default.toml")) as f:
            self.text = f.read()
        for old, new in (("parallelism = 4", 'parallelism = 4\ndelivery = "exactly_once"'),
                         ("clean_session = false", "clean_session = false\nmax_topic_bytes = 4096"),
                         ("buffer_size = 50000", 'buffer_size = 50000\nshutdown_timeout = "5s"'),
                         ("${STATE_DIRECTORY:-.}/intake", intake),
                         ("${STATE_DIRECTORY:-.}/dead-letters.ndjson", letters),
                         ("0.0.0.0:", "127.0.0.1:")):
            self.text = self.replaced(self.text, old, new)
        self.batcher, self.second, self.letters = True, False, ""
        self.path = os.path.join(folder, "soak.toml")
        self.write()

    @staticmethod
    def replaced(text, old, new):
        assert old in text, old
        return text.replace(old, new)

    def write(self):
        text = self.replaced(self.text, 'max_bytes = "64MiB"\nkeep      = 5', self.letters)
        if self.second:
            sink = text[text.index("[nodes.database]"):text.index("# What could not")]
            text += "\n" + sink.replace("nodes.database", "nodes.second") + 'table = "second"\n'
        if not self.batcher:
            text = self.replaced(self.replaced(text, BATCHER, ""), '["batcher"]', '["decoder"]')
        with open(self.path + ".new", "w") as f:
            f.write(text)
        os.rename(self.path + ".new", self.path)

    def change(self, **values):
        """Its values before."""
        before = {name: getattr(self, name) for name in values}
        for name, value in values.items():
            setattr(self, name, value)
        self.write()
        return before


class PipelineFaults:
    def __init__(self, world):
        self.world, self.dice = world, world.dice

    @tries(RELOAD)
    def batcher_out_or_in(self):
        self.world.change(batcher=not self.world.pipeline.batcher)

    @tries(RELOAD)
    def second_sink_in_or_out(self):
        self.world.change(second=not self.world.pipeline.second)

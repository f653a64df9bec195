"""docs/operating.md: each command as it stands there, in a booted machine, and what it must show."""

import os
import re
import unittest

from machine import wait_until
from packaged_machine import PackagedMachine
from services import ROOT

BLOCK = re.compile(r"^```sh( watch)?\n(.*?)^```\n(?:```text\n(.*?)^```\n)?", re.DOTALL | re.MULTILINE)


def days():
    """The name of each section and its blocks: the commands, what they must show, and whether
    they are to be repeated until they do."""
    with open(os.path.join(ROOT, "docs", "operating.md")) as f:
        sections = f.read().split("\n## ")[1:]
    for section in sections:
        yield section.splitlines()[0], [(commands, shown, bool(watch))
                                        for watch, commands, shown in BLOCK.findall(section)]


def shows(said, shown):
    """Whether the lines come in their order, with anything for …"""
    patterns = ["^" + ".*".join(re.escape(part) for part in line.split("…")) + "$"
                for line in shown.splitlines()]
    lines = iter(said.splitlines())
    return all(any(re.search(pattern, line) for line in lines) for pattern in patterns)


class Week(PackagedMachine):
    def test_every_command_of_the_week_does_what_stands_below_it(self):
        ran = 0
        for day, blocks in days():
            for commands, shown, watch in blocks:
                with self.subTest(f"{day}: {commands.splitlines()[0]}"):
                    ran += 1
                    self.run_block(commands, shown, watch)
        self.assertGreater(ran, 20)

    def run_block(self, commands, shown, watch):
        text = f"set -e -o pipefail\n{commands}"
        if not watch:
            said = self.shell(text)
            self.assertTrue(shows(said, shown), f"{commands}\nsaid\n{said}")
            return
        said = ""

        def seen():
            nonlocal said
            said = self.machine.try_shell(text)[1]
            return shows(said, shown)
        try:
            wait_until(seen, "it is shown", every_s=0.5)
        except TimeoutError:
            self.fail(f"{commands}\nsaid at last\n{said}")


if __name__ == "__main__":
    unittest.main(failfast=True)

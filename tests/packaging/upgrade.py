"""An earlier release's Debian package and this tree's, installed over each other while the database is away: each
goes on with the other's intake, ledger and dead letters, and every point is counted.

PENSTOCK_PACKAGE_BEFORE names the earlier release's penstock_….deb. Each step goes on from the one before it."""

import json
import os
import re
import sys
import unittest

from machine import wait_until
from packaged_machine import LoadedMachine, install_section

BEFORE = os.environ.get("PENSTOCK_PACKAGE_BEFORE", "")
PIPELINE = "/etc/penstock/pipelines/default.toml"
LETTERS = "/var/lib/penstock/default/dead-letters.ndjson"
POINTS = 60_000
UNDONE = 5_000  # at least, when a package is installed over the other
KEPT = 20  # dead letters of a kind


@unittest.skipIf(not BEFORE, "PENSTOCK_PACKAGE_BEFORE names no earlier release's penstock_….deb")
class Upgrade(LoadedMachine):
    kept = []  # the topics of all that is a dead letter

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.machine.put(BEFORE, "/root/before/")

    def install(self, folder):
        """The package in this folder; the operator's pipeline stays, and the service runs anew."""
        before = self.process()
        self.shell(f"apt-get install -qy --no-install-recommends --allow-downgrades "
                   f"-o Dpkg::Options::=--force-confold {folder}/penstock_*.deb")
        self.assertEqual(self.shell("dpkg-query -W -f '${Version}' penstock"),
                         self.shell(f"dpkg-deb -f {folder}/penstock_*.deb Version"))
        wait_until(lambda: self.process() not in ("0", before), "the package has restarted the service", every_s=0.3)

    def process(self):
        return self.shell("systemctl show -P MainPID penstock@default")

    def answers(self):
        return self.machine.try_shell("curl -sf localhost:8080/status")[0] == 0

    def refusal(self):
        """What the service says of a folder of another format: which, both versions, what to do."""
        found = re.search(r"\S+ has format version \d+, this engine reads up to \d+; .+",
                          self.shell("journalctl --no-pager -o cat -u penstock@default"))
        return found.group(0) if found else ""

    def intake(self):
        return json.loads(self.shell("curl -sf localhost:8080/status"))["mqtt"]["intake"]

    def counter(self, name):
        found = re.findall(rf"^{name}(?:{{[^}}]*}})? (\S+)$", self.shell("curl -sf localhost:8080/metrics"), re.MULTILINE)
        return sum(float(value) for value in found)

    def letters(self):
        lines = self.machine.try_shell(f"cat {LETTERS}")[1].splitlines()
        return [json.loads(line) for line in lines if line.startswith("{")]

    def refuse(self, what):
        """Points that the table refuses."""
        self.publish(f"dev/refused/{what}", '{"value":1e10,"n":&}')

    def publish(self, topic, message):
        self.kept.append(topic)
        self.shell(f"seq {KEPT} | sed 's/.*/{message}/' | mosquitto_pub -q 1 -t {topic} -l")

    def replayed(self):
        return self.sql("SELECT topic, count(*), count(DISTINCT metadata->>'n') FROM metrics "
                        "WHERE topic NOT LIKE 'dev/line%' AND metadata ? 'n' GROUP BY topic ORDER BY topic")

    def take_the_database_away(self, what):
        """In the middle of a load, which goes on: a part is stored, thousands are in the intake."""
        self.fresh_table()
        machines = self.load(POINTS, rate=6_000)
        self.addCleanup(machines.stdout.close)
        wait_until(lambda: self.stored()[0] > POINTS // 10, "some points are stored")
        self.shell("systemctl stop postgresql")
        self.refuse(what)
        wait_until(lambda: self.intake()["undone"] > UNDONE, "thousands are undone", every_s=0.3)
        return machines

    def give_it_back(self, machines, what):
        self.assertEqual(machines.wait(300), 0)
        wait_until(self.answers, "it answers", every_s=0.3)
        undone = self.intake()["undone"]
        self.shell("systemctl start postgresql")
        wait_until(lambda: self.intake()["undone"] == 0, "nothing is undone", 300, every_s=0.5)
        wait_until(lambda: self.stored()[1] >= POINTS, "all are stored", every_s=0.5)
        rows, different = self.stored()
        damaged, dropped = (self.counter(name) for name in (
            "penstock_intake_damaged_messages_total", "data_ingestion_points_dropped_total"))
        print(f"  {what}: published {POINTS}, undone {undone}, stored {different}, rows {rows}, damaged {damaged:.0f}, "
              f"dropped {dropped:.0f}, letters {len(self.letters())}", file=sys.stderr)
        self.assertEqual((rows, different, damaged, dropped), (POINTS, POINTS, 0, 0))
        self.assertEqual(len(self.letters()), KEPT * len(self.kept))

    def test_01_the_earlier_release_stores_once_and_keeps_letters(self):
        self.shell(f"set -e; cd before\n{install_section()}")
        self.shell(f"sed -i 's/^parallelism = 4/&\\ndelivery = \"exactly_once\"/' {PIPELINE}")
        self.shell("systemctl restart penstock@default")
        self.sql("ALTER TABLE metrics ADD CONSTRAINT plausible CHECK (value < 1e9)")
        self.refuse("by_the_earlier")
        self.publish("dev/unread", '{"val":1,"n":&}')
        wait_until(lambda: len(self.letters()) == KEPT * len(self.kept), "they are kept", every_s=0.3)

    def test_02_this_package_goes_on_with_what_the_earlier_release_left(self):
        machines = self.take_the_database_away("in_between")
        self.install("/root/newer")
        self.give_it_back(machines, "upgrade")

    def test_03_the_earlier_release_goes_on_with_what_this_package_left_or_refuses_it_by_name(self):
        machines = self.take_the_database_away("by_this")
        self.install("/root/before")
        wait_until(lambda: self.answers() or self.refusal(), "it goes on or refuses", every_s=0.3)
        what = "downgrade"
        if not self.answers():
            what = "refused downgrade, then upgrade"
            print(f"  {self.refusal()}", file=sys.stderr)
            self.install("/root/newer")
        self.give_it_back(machines, what)

    def test_04_and_this_package_again(self):
        if self.refusal():
            self.skipTest("the earlier release refused, and this package was installed again")
        machines = self.take_the_database_away("at_last")
        self.install("/root/newer")
        self.give_it_back(machines, "upgrade again")

    def test_05_the_letters_of_both_are_stored_once_after_mending(self):
        self.fresh_table()
        self.sql("ALTER TABLE metrics DROP CONSTRAINT plausible")
        self.shell(f"sed -i 's/^plugin = \"json_decoder\"/&\\nvalue = [\"value\", \"val\"]/' {PIPELINE}")
        self.shell("systemctl reload penstock@default")
        for _ in range(2):
            self.shell("systemctl start penstock-replay@default")
            print("  replayed:", self.replayed().split(), file=sys.stderr)
            self.assertEqual(self.replayed().split(), [f"{topic}|{KEPT}|{KEPT}" for topic in sorted(self.kept)])


if __name__ == "__main__":
    unittest.main(failfast=True)

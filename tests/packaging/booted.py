"""The Debian package in a booted system with mosquitto and PostgreSQL, from `apt install` to
`apt purge`: each step goes on from the one before it, and every point is counted."""

import json
import os
import re
import struct
import sys
import unittest

from machine import wait_until
from packaged_machine import LoadedMachine, install_section, package
from services import ROOT

CHECKPOINT = "/var/lib/penstock/default/intake/checkpoint"


def crc32c(data):
    crc = 0xFFFFFFFF
    for byte in data:
        crc ^= byte
        for _ in range(8):
            crc = crc >> 1 ^ (0x82F63B78 if crc & 1 else 0)
    return crc ^ 0xFFFFFFFF


def set_format_version(path, version):
    """Of an intake that no engine has open; engine/intake/format.hpp, CheckpointPage."""
    with open(path, "r+b") as f:
        page = bytearray(f.read(564))
        struct.pack_into("<I", page, 8, version)
        struct.pack_into("<I", page, 560, crc32c(page[:560]))
        f.seek(0)
        f.write(page)


class Booted(LoadedMachine):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.machine.put(package("penstock-dev"), "/root/sdk/")
        cls.machine.put(os.path.join(ROOT, "tests", "plugins", "stalls.cpp"), "/root/stalls/")

    def count(self, points, what):
        """All are stored, and none twice but where `what` kills something."""
        wait_until(lambda: self.stored()[1] >= points, f"{points} points are stored", every_s=0.5)
        rows, different = self.stored()
        print(f"  {what}: published {points}, stored {different}, rows {rows}", file=sys.stderr)
        self.assertEqual(different, points)
        return rows

    def under_load(self, what, act, points=100_000, rate=15_000):
        self.fresh_table()
        machines = self.load(points, rate)
        wait_until(lambda: self.stored()[0] > points // 5, "some points are stored")
        act()
        self.assertEqual(machines.wait(120), 0, machines.stdout.read())
        machines.stdout.close()
        return self.count(points, what)

    def restarts(self, unit="penstock@default"):
        return int(self.shell(f"systemctl show -P NRestarts {unit}"))

    def wait_active(self, unit="penstock@default"):
        wait_until(lambda: self.machine.try_shell(f"systemctl is-active {unit}")[1].strip() == "active",
                   f"{unit} is active", every_s=0.3)

    def test_01_the_readme_takes_an_operator_to_the_first_stored_point_in_under_ten_commands(self):
        commands = install_section()
        self.assertLess(len(re.sub(r"(\|\n|\\\n)", "", commands).strip().splitlines()), 10)
        self.shell(f"set -e\n{commands}")
        wait_until(lambda: self.sql("SELECT topic, value, metadata FROM metrics") ==
                   'dev/line1/temperature|75.5|{"unit": "°C"}', "the point is stored")
        # What libraries recommend of X11 and OpenCL stays out.
        self.assertEqual(self.machine.try_shell(
            "dpkg-query -W -f '${Package}\\n' | grep -E 'libx11|opencl|libxnvctrl|hwloc-plugins'")[1], "")
        self.shell("penstock health http://localhost:8081/health/ready; man -w penstock-pipelines 2>/dev/null "
                   "|| test -e /usr/share/man/man5/penstock-pipelines.5.gz")
        self.assertIn("points/s received", wait_until(
            lambda: self.shell("systemctl show -P StatusText penstock@default"), "a status"))

    def test_02_a_hundred_thousand_points_are_stored_once(self):
        self.assertEqual(self.under_load("running", lambda: None, rate=0), 100_000)

    def test_03_the_unit_is_well_and_sandboxed(self):
        self.assertEqual(self.shell("systemd-analyze verify --man=no penstock@default.service "
                                    "penstock-replay@default.service"), "")
        said = self.shell("systemd-analyze security --no-pager penstock@default.service")
        exposure = float(re.search(r"Overall exposure level.*: ([0-9.]+)", said).group(1))
        print(f"  systemd-analyze security: {exposure}", file=sys.stderr)
        self.assertLessEqual(exposure, 1.5, said)

    def test_04_the_journal_has_level_and_node_as_fields(self):
        entries = [json.loads(line) for line in self.shell(
            "journalctl -u penstock@default -o json --no-pager").splitlines()]
        ours = [entry for entry in entries if entry.get("SYSLOG_IDENTIFIER") == "penstock"]
        self.assertIn("mqtt", {entry.get("PENSTOCK_NODE") for entry in ours})
        self.assertLessEqual({entry["PRIORITY"] for entry in ours}, {"3", "4", "6"})
        self.assertNotIn("level", ours[0]["MESSAGE"])

    def test_05_a_reload_loses_nothing_and_a_wrong_file_is_refused(self):
        file = "/etc/penstock/pipelines/default.toml"
        process = self.shell("systemctl show -P MainPID penstock@default")

        def reload():
            self.shell(f"sed -i 's/^rows .*/rows     = 4000/' {file} && systemctl reload penstock@default")
        self.assertEqual(self.under_load("reload", reload), 100_000)
        self.shell(f"cp {file} /root/before.toml; sed -i 's/^rows .*/rowz = 4000/' {file}")
        code, _ = self.machine.try_shell("systemctl reload penstock@default")
        self.assertNotEqual(code, 0)
        self.assertIn("did you mean", self.shell("journalctl -u penstock@default -n 20 --no-pager"))
        self.shell(f"cp /root/before.toml {file}")
        self.assertEqual(self.shell("systemctl show -P MainPID penstock@default"), process)
        self.wait_active()

    def test_06_a_restart_loses_nothing(self):
        self.assertEqual(self.under_load("restart", lambda: self.shell(
            "systemctl restart penstock@default")), 100_000)

    def test_07_systemd_restarts_a_killed_engine_which_loses_nothing(self):
        before = self.restarts()
        self.under_load("kill -9", lambda: self.shell("systemctl kill -s KILL penstock@default"))
        self.assertEqual(self.restarts(), before + 1)

    def test_08_points_queued_at_the_broker_survive_a_reboot(self):
        self.fresh_table()
        self.shell("systemctl stop penstock@default")
        self.shell("mqtt_load --sequence --points 20000")
        self.assertEqual(self.stored(), (0, 0))
        self.machine.reboot()
        self.assertEqual(self.count(20_000, "queued at the broker, then a reboot"), 20_000)

    def test_09_the_password_is_in_no_log_and_no_environment(self):
        password = self.shell("cat /etc/credstore/penstock.default.db_password")
        self.assertEqual(len(password), 32)
        self.assertEqual(self.machine.try_shell(
            f"journalctl --no-pager | grep -c {password}; "
            f"tr '\\0' '\\n' < /proc/$(systemctl show -P MainPID penstock@default)/environ | "
            f"grep -c {password}; curl -s localhost:8080/status | grep -c {password}")[1].split(),
            ["0", "0", "0"])

    def test_10_a_plugin_of_ones_own_built_with_the_sdk_runs_under_the_unit(self):
        self.shell("apt-get install -qy /root/sdk/penstock-dev_*.deb")
        self.shell("set -e; penstock init --plugin my_numbers --to /root; "
                   "cmake -S /root/my_numbers -B /root/my_numbers/build; "
                   "cmake --build /root/my_numbers/build; "
                   "install /root/my_numbers/build/my_numbers.so /usr/local/lib/penstock/plugins/")
        self.assertIn("my_numbers", self.shell("penstock plugins"))
        with open(os.path.join(ROOT, "pipelines", "default.toml")) as f:
            text = f.read()
        self.assertIn('plugin = "json_decoder"', text)
        text = text.replace('plugin = "json_decoder"', 'plugin = "my_numbers"\nscale = 2')
        self.machine.write("/etc/penstock/pipelines/numbers.toml", text)
        self.machine.write("/etc/penstock/numbers.env", (
            "INGESTION_HTTP_PORT=8081\nINGESTION_MQTT_CLIENT_ID=numbers\n"
            "INGESTION_MQTT_TOPICS=plant/#\n"))
        self.shell("cp /etc/credstore/penstock.default.db_password "
                   "/etc/credstore/penstock.numbers.db_password")
        self.shell("systemctl stop penstock@default; systemctl start penstock@numbers")
        self.shell("penstock health http://localhost:8081/health/ready")
        self.fresh_table()
        self.shell("mosquitto_pub -q 1 -t plant/mine/a -m text; "
                   "mosquitto_pub -q 1 -t plant/mine/a -m 1.5")
        wait_until(lambda: self.sql("SELECT topic, value FROM metrics") == "plant/mine/a|3",
                   "only the number is stored", every_s=0.3)
        self.shell("systemctl stop penstock@numbers")

    def test_11_the_watchdog_restarts_a_graph_that_stalls(self):
        self.machine.write("/root/stalls/CMakeLists.txt", (
            "cmake_minimum_required(VERSION 3.25)\nproject(stalls VERSION 1.0 LANGUAGES CXX)\n"
            "find_package(penstock REQUIRED)\npenstock_add_plugin(stalls SOURCES stalls.cpp)\n"))
        self.shell("set -e; cmake -S /root/stalls -B /root/stalls/build; "
                   "cmake --build /root/stalls/build; "
                   "install /root/stalls/build/stalls.so /usr/local/lib/penstock/plugins/")
        self.machine.write("/etc/penstock/pipelines/stalls.toml", (
            '[nodes.machines]\nplugin = "mqtt_source"\ntopics = "stalls/#"\nclient_id = "stalls"\n\n'
            '[nodes.stalls]\nplugin = "stalls"\ninputs = ["machines"]\n\n'
            '[nodes.out]\nplugin = "discard_sink"\ninputs = ["stalls"]\n'))
        self.machine.write("/etc/systemd/system/penstock@stalls.service.d/quick.conf",
                           "[Service]\nWatchdogSec=3s\n")
        self.shell("systemctl daemon-reload; systemctl start penstock@stalls")
        self.shell("mosquitto_pub -q 1 -t stalls/a -m ok")
        self.assertEqual(self.restarts("penstock@stalls"), 0)
        self.shell("mosquitto_pub -q 1 -t stalls/a -m stall")
        wait_until(lambda: self.restarts("penstock@stalls") > 0, "the watchdog has restarted it",
                   every_s=0.5)
        log = self.shell("journalctl -u penstock@stalls --no-pager")
        self.assertIn("no progress for", log)
        self.assertIn("watchdog", log.lower())
        self.shell("systemctl stop penstock@stalls; systemctl start penstock@default")

    def test_11b_dead_letters_are_replayed_by_their_unit(self):
        self.fresh_table()
        self.sql("ALTER TABLE metrics ADD CONSTRAINT plausible CHECK (value < 1e9)")
        self.shell("mosquitto_pub -q 1 -t dev/refused -m '{\"value\":1e10}'")
        letters = "/var/lib/penstock/default/dead-letters.ndjson"
        wait_until(lambda: "dev/refused" in self.machine.try_shell(f"cat {letters}")[1],
                   "it is kept", every_s=0.3)
        self.sql("ALTER TABLE metrics DROP CONSTRAINT plausible")
        self.shell("systemctl start penstock-replay@default")
        self.assertEqual(self.sql("SELECT topic, value FROM metrics"), "dev/refused|10000000000")
        self.shell("systemctl start penstock-replay@default")
        self.assertEqual(self.sql("SELECT count(*) FROM metrics"), "1")

    def test_12_an_upgrade_while_running_loses_and_doubles_nothing(self):
        process = self.shell("systemctl show -P MainPID penstock@default")
        rows = self.under_load("upgrade", lambda: self.shell(
            "apt-get install -qy /root/newer/penstock_*.deb"))
        self.assertEqual(rows, 100_000)
        self.assertIn(f"{self.version}+1", self.shell("dpkg-query -W penstock"))
        self.assertNotEqual(self.shell("systemctl show -P MainPID penstock@default"), process)
        # The operator's change of test_05 is still there.
        self.assertIn("4000", self.shell("grep '^rows' /etc/penstock/pipelines/default.toml"))

    def test_13_back_to_the_version_before(self):
        rows = self.under_load("downgrade", lambda: self.shell(
            "apt-get install -qy --allow-downgrades /root/penstock_*.deb"))
        self.assertEqual(rows, 100_000)

    def test_13b_the_intake_of_a_later_release_is_refused_by_name_and_left_as_it_is(self):
        self.fresh_table()
        self.shell("systemctl stop postgresql; mqtt_load --sequence --points 10000")
        wait_until(lambda: json.loads(self.shell("curl -s localhost:8080/status"))
                   ["mqtt"]["intake"]["undone"] == 10_000, "they are in the intake", every_s=0.3)
        self.shell("systemctl stop penstock@default")
        set_format_version(self.machine.root + CHECKPOINT, 99)
        # All but the lock, which has the process id of the last who had it.
        contents = "cd /var/lib/penstock/default/intake; ls | grep -vx lock | xargs sha256sum"
        before = self.shell(contents)
        code, _ = self.machine.try_shell("systemctl start penstock@default")
        self.assertNotEqual(code, 0)
        self.assertRegex(self.shell("journalctl -u penstock@default -n 20 --no-pager"),
                         "/var/lib/penstock/default/intake has format version 99, this engine reads up to 2; "
                         "use the version of Penstock that wrote it, or let that one empty it first")
        self.shell("systemctl stop penstock@default")
        self.assertEqual(self.shell(contents), before)
        set_format_version(self.machine.root + CHECKPOINT, 2)
        self.shell("systemctl start postgresql penstock@default")
        self.assertEqual(self.count(10_000, "refused, then taken up"), 10_000)

    def test_14_remove_keeps_what_was_measured(self):
        self.shell("systemctl stop postgresql")
        self.shell("mosquitto_pub -q 1 -t dev/kept -m '{\"value\":1}'")
        wait_until(lambda: json.loads(self.shell("curl -s localhost:8080/status"))
                   ["mqtt"]["intake"]["undone"] == 1, "it is in the intake", every_s=0.3)
        self.shell("apt-get remove -qy penstock")
        self.assertEqual(self.machine.try_shell("pgrep -x penstock")[0], 1)
        self.shell("test -d /var/lib/penstock/default/intake -a -e /etc/penstock/default.env")
        self.shell("apt-get install -qy /root/penstock_*.deb; systemctl start postgresql")
        self.fresh_table()
        self.shell("systemctl start penstock@default")
        wait_until(lambda: self.sql("SELECT topic FROM metrics") == "dev/kept",
                   "what the intake kept is stored", every_s=0.3)

    def test_15_purge_takes_it(self):
        self.shell("apt-get purge -qy penstock")
        self.assertEqual(self.machine.try_shell(
            "ls -d /var/lib/penstock /etc/penstock/default.env /usr/bin/penstock "
            "/etc/systemd/system/*/penstock@* 2>/dev/null")[1], "")


if __name__ == "__main__":
    unittest.main(failfast=True)

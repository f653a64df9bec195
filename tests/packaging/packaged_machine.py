"""A booted machine with mosquitto and PostgreSQL, and the Debian package beside it."""

import glob
import os
import re
import shutil
import unittest

from machine import Machine, base_system, run, why_not
from services import BUILD, ROOT, temporary_folder

PACKAGES = os.environ.get("PENSTOCK_PACKAGES", os.path.join(ROOT, "build", "package"))
BASE = os.path.join(ROOT, "build", "package-test", "base")
INSTALLED = ["mosquitto", "mosquitto-clients", "postgresql", "sudo", "openssl", "curl", "g++", "cmake",
             "make"]


def package(name):
    found = glob.glob(os.path.join(PACKAGES, f"{name}_*.deb"))
    if len(found) != 1:
        raise RuntimeError(f"{PACKAGES} has {len(found)} {name}_*.deb; run ./dev package")
    return found[0]


def newer(deb, folder):
    """The same package with a higher version, as a second build would have."""
    tree = os.path.join(folder, "newer")
    run("dpkg-deb", "-R", deb, tree)
    control = os.path.join(tree, "DEBIAN", "control")
    with open(control) as f:
        text = f.read()
    version = re.search(r"^Version: (.*)$", text, re.MULTILINE).group(1)
    with open(control, "w") as f:
        f.write(text.replace(f"Version: {version}", f"Version: {version}+1"))
    path = os.path.join(folder, f"penstock_{version}+1.deb")
    run("dpkg-deb", "--root-owner-group", "-b", tree, path)
    shutil.rmtree(tree)
    return path, version


def install_section():
    """The commands of docs/install.md, "On Debian", as they are written there."""
    with open(os.path.join(ROOT, "docs", "install.md")) as f:
        section = f.read().split("\n## On Debian\n")[1]
    return re.search(r"```sh\n(.*?)```", section, re.DOTALL).group(1)


class PackagedMachine(unittest.TestCase):
    files = {}  # that it has from the beginning

    @classmethod
    def setUpClass(cls):
        reason = why_not()
        if reason:
            raise unittest.SkipTest(reason)
        cls.folder = cls.enterClassContext(temporary_folder())
        deb = package("penstock")
        depends = run("dpkg-deb", "-f", deb, "Depends").strip()
        try:
            base = base_system(BASE, INSTALLED, depends)
        except RuntimeError as e:
            raise unittest.SkipTest(f"no Debian can be made here: {str(e)[-500:]}")
        cls.machine = Machine(base, cls.folder)
        cls.addClassCleanup(cls.machine.stop)
        for file, text in cls.files.items():
            cls.machine.write(file, text)
        try:
            cls.machine.boot()
        except (RuntimeError, TimeoutError) as e:
            raise unittest.SkipTest(f"no machine boots here: {e}")
        cls.machine.put(deb, "/root/")
        second, cls.version = newer(deb, cls.folder)
        cls.machine.put(second, "/root/newer/")

    def shell(self, text, timeout_s=300):
        return self.machine.shell(text, timeout_s)

    def sql(self, text):
        return self.shell(f"cd / && sudo -u postgres psql -X -A -t -q -d nexus_historian -c \"{text}\"")


class LoadedMachine(PackagedMachine):
    """With simulated machines, whose points are numbered."""

    # The packaged default keeps 1,000 messages for an absent client.
    files = {"/etc/mosquitto/conf.d/queue.conf": "max_queued_messages 0\n"}

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.machine.put(os.path.join(BUILD, "bench", "mqtt_load"), "/usr/local/bin/")

    def load(self, points, rate=0):
        return self.machine.start(f"mqtt_load --sequence --points {points} --rate {rate}")

    def fresh_table(self):
        self.sql("TRUNCATE metrics")

    def stored(self):
        rows, different = self.sql(
            "SELECT count(*), count(DISTINCT metadata->>'seq') FROM metrics").split("|")
        return int(rows), int(different)

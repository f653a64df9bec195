"""Plugins in a folder that another user can exchange: none of theirs is loaded, however often it is tried."""

import os
import shutil
import subprocess
import sys
import unittest

from services import BUILD, PENSTOCK, run_process, start_process, temporary_folder

PLUGINS = os.path.join(BUILD, "tests", "plugins")
# What its constructor throws shows that it ran.
RAN = "no licence found"

# Exchanges the symbolic link LINK between two folders without end.
EXCHANGE = """
import os, sys
link, *folders = sys.argv[1:]
print("begins", flush=True)
while True:
    for folder in folders:
        os.symlink(folder, link + ".new")
        os.rename(link + ".new", link)
"""


class PluginFolder(unittest.TestCase):
    def setUp(self):
        if os.geteuid() != 0:
            self.skipTest("needs root to become somebody else")
        self.folder = self.enterContext(temporary_folder())
        os.chmod(self.folder, 0o755)
        self.ours = os.path.join(self.folder, "ours")
        os.makedirs(self.ours, 0o755)
        shutil.copy(os.path.join(PLUGINS, "good_plugin.so"), self.ours)
        self.theirs = os.path.join(self.folder, "theirs")
        os.makedirs(self.theirs)
        shutil.copy(os.path.join(PLUGINS, "throws_in_constructor.so"),
                    os.path.join(self.theirs, "good_plugin.so"))
        for path in (self.theirs, os.path.join(self.theirs, "good_plugin.so")):
            shutil.chown(path, "nobody")

    def ask(self, folder):
        done = run_process([PENSTOCK, "--plugin-dir", folder, "plugins", "good_plugin"], capture_output=True,
                           text=True)
        return done.stdout + done.stderr

    def test_a_link_that_somebody_else_exchanges_is_not_followed(self):
        shared = os.path.join(self.folder, "shared")
        os.mkdir(shared)
        os.chmod(shared, 0o777)
        link = os.path.join(shared, "plugins")
        os.symlink(self.ours, link)
        exchanger = start_process([sys.executable, "-c", EXCHANGE, link, self.ours, self.theirs], user="nobody",
                                  cwd="/", stdout=subprocess.PIPE, text=True)
        self.addCleanup(lambda: (exchanger.kill(), exchanger.communicate()))
        self.assertEqual(exchanger.stdout.readline(), "begins\n")
        for _ in range(60):
            text = self.ask(link)
            self.assertNotIn(RAN, text)
            self.assertIn(f"refused: {shared} is writable by other users; run: "
                          f"chmod go-w {shared}", text)
        self.assertIsNone(exchanger.poll())

    def test_a_folder_whose_parent_belongs_to_somebody_else_is_refused(self):
        parent = os.path.join(self.folder, "parent")
        shutil.copytree(self.ours, os.path.join(parent, "plugins"))
        os.chmod(parent, 0o755)
        self.assertIn("good_plugin", self.ask(os.path.join(parent, "plugins")))
        self.assertNotIn("refused", self.ask(os.path.join(parent, "plugins")))
        shutil.chown(parent, "nobody")
        self.assertIn(f"{parent} belongs to user", self.ask(os.path.join(parent, "plugins")))

    def test_a_link_of_somebody_elses_in_a_sticky_folder_is_refused(self):
        shared = os.path.join(self.folder, "sticky")
        os.mkdir(shared)
        os.chmod(shared, 0o1777)
        link = os.path.join(shared, "plugins")
        run_process(["ln", "-s", self.ours, link], user="nobody", check=True)
        self.assertIn(f"{link} belongs to user", self.ask(link))


if __name__ == "__main__":
    unittest.main()

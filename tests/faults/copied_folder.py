"""An intake's folder that was copied, or put back from a backup: no new message is taken for one
that the ledger knows."""

import os
import shutil
import sys
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "system"))
from flow import EXACTLY_ONCE, Flow  # noqa: E402
from services import wait_until  # noqa: E402

TOLD = "it was copied or restored from a backup"


class CopiedFolder(Flow):
    def setUp(self):
        super().setUp()
        self.once = self.pipeline(EXACTLY_ONCE)
        self.sent = 0

    def send(self, engine, points):
        """Through the broker; each with a number of its own."""
        received = engine.status()["mqtt"]["intake"]["received"]
        self.broker.publish_lines("dev/a/b", [f'{{"value":1,"seq":{self.sent + i}}}' for i in range(points)])
        self.sent += points
        wait_until(lambda: engine.status()["mqtt"]["intake"]["received"] >= received + points, "taken in")

    def engine_on(self, name, folder, ready=True):
        # One session: a shared subscription gives messages also to sessions that are away.
        return self.engine(name, pipeline=self.once, ready=ready, STATE_DIRECTORY=folder,
                           INGESTION_MQTT_CLIENT_ID="copied")

    def first_life(self, folder):
        """1,000 stored, 300 taken in while the database is away."""
        os.mkdir(folder)
        engine = self.engine_on("first", folder)
        self.send(engine, 1000)
        self.wait_stored(1000)
        self.database.stop()
        self.send(engine, 300)
        self.assertNotEqual(engine.stop(), None)
        self.database.start()

    def second_life(self, engine):
        """The 300, and 500 more."""
        self.wait_stored(1300)
        self.send(engine, 500)
        self.wait_stored(1800)
        self.assertNotIn(TOLD, engine.log())
        self.assertEqual(engine.stop(), 0)

    def check_later_life(self, engine):
        """500 at the positions that others had. What was undone may come twice, and no more."""
        self.send(engine, 500)
        self.wait_stored(2300)
        rows, different = self.stored()
        self.assertEqual(different, 2300)
        self.assertLessEqual(rows, 2600)
        self.assertIn(TOLD, engine.log())
        self.assertEqual(engine.stop(), 0)

    def test_messages_of_a_copy_are_stored_beside_those_of_the_original(self):
        original, copy = self.folder + "/original", self.folder + "/copy"
        self.first_life(original)
        shutil.copytree(original, copy)
        self.second_life(self.engine_on("second", original))
        self.check_later_life(self.engine_on("third", copy))

    def begin(self, folder):
        """An engine on a new folder, which has stored 100."""
        self.database.psql("ALTER TABLE metrics ADD CHECK (value <> 7)")
        os.mkdir(folder)
        engine = self.engine_on("first", folder)
        self.send(engine, 100)
        self.wait_stored(100)
        return engine

    def prune_while_rows_wait(self, engine, its_folder, names, other_folder):
        """Rows of the engine are stored and not done, since a letter of each batch has to wait, when it
        is killed; then others run and prune; each of its rows is there once."""
        os.mkdir(its_folder + "/dead-letters.ndjson")
        self.broker.publish_lines("dev/b/b", ['{"value":1}', '{"value":7}'] * 50)
        wait_until(lambda: self.database.count("topic = 'dev/b/b'") == 50, "the good rows are stored")
        engine.process.kill()
        engine.process.wait()
        for name in names:
            other = self.engine_on(name, other_folder)
            self.send(other, 1000)
            wait_until(lambda: other.status()["mqtt"]["intake"]["undone"] == 0, "all is done")
            self.assertEqual(other.stop(), 0)
        os.rmdir(its_folder + "/dead-letters.ndjson")
        engine.start().wait_ready()
        wait_until(lambda: engine.status()["mqtt"]["intake"]["undone"] == 0, "all is done")
        self.assertEqual(self.database.count("topic = 'dev/b/b'"), 50)

    def test_a_copy_of_a_running_folder_leaves_the_entries_of_the_original(self):
        """The original goes on in the run that the copy takes for its own earlier one."""
        original, copy = self.folder + "/original", self.folder + "/copy"
        engine = self.begin(original)
        shutil.copytree(original, copy)
        self.prune_while_rows_wait(engine, original, ("second", "third"), copy)

    def test_a_ledger_is_not_pruned_of_what_a_copy_that_runs_still_needs(self):
        original, copy = self.folder + "/original", self.folder + "/copy"
        self.assertEqual(self.begin(original).stop(), 0)
        shutil.copytree(original, copy)
        self.prune_while_rows_wait(self.engine_on("second", copy), copy, ("third", "fourth"), original)

    def test_messages_are_stored_after_the_folder_was_put_back(self):
        folder, backup = self.folder + "/state", self.folder + "/backup"
        self.first_life(folder)
        shutil.copytree(folder, backup)
        self.second_life(self.engine_on("second", folder))
        # In place, as a snapshot of a machine would: the same folder, files and names.
        for name in os.listdir(backup + "/intake"):
            with open(f"{backup}/intake/{name}", "rb") as old, open(f"{folder}/intake/{name}", "wb") as new:
                shutil.copyfileobj(old, new)
        self.check_later_life(self.engine_on("third", folder))


if __name__ == "__main__":
    unittest.main()

"""What a sink waits for has an end and a word: locks, frozen servers, servers that refuse, letters that
cannot be written. Exact counts of what is stored afterwards."""

import os
import signal
import subprocess
import sys
import time
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "system"))
from flow import EXACTLY_ONCE, Flow  # noqa: E402
from services import BUILD, wait_until  # noqa: E402

BATCHER = ('[nodes.batcher]\nplugin   = "batcher"\ninputs   = ["decoder"]\nrows     = 5000\n'
           'interval = "100ms"\n', "")
# A call that stalls says so, unless its plugin knows why.
SOON = ("buffer_size = 50000", 'buffer_size = 50000\nshutdown_timeout = "5s"\nstall_after = "1s"')
POINTS = 3_000


class Waiting(Flow):
    def backends(self, extra=""):
        """Server processes of the engine's connections."""
        return [int(pid) for pid in self.database.psql(
            "SELECT pid FROM pg_stat_activity WHERE application_name = 'data-ingestion'" + extra
        ).split()]

    def said(self, engine, words, deadline_s=30):
        wait_until(lambda: words in engine.get("/health")[1], f"health says {words!r}", deadline_s)
        self.assertEqual(engine.get("/health")[0], 503)

    def reload(self, engine, deadline_s):
        reloads = engine.status()["reloads"]["done"]
        engine.process.send_signal(signal.SIGHUP)
        wait_until(lambda: engine.status()["reloads"]["done"] > reloads, "it is reloaded", deadline_s)

    def test_a_locked_table_is_named_and_neither_reload_nor_stop_waits_for_it(self):
        engine = self.engine(pipeline=self.pipeline(EXACTLY_ONCE, SOON))
        holder = self.lock_table()
        self.load(POINTS).wait(60)
        self.said(engine, "blocked by backend ")
        self.assertIn("(a report of ", engine.get("/health")[1])
        self.pipeline(EXACTLY_ONCE, SOON, ("rows     = 5000", "rows     = 4000"))
        self.reload(engine, 60)
        self.said(engine, "blocked by backend ")
        # What was given up lets go of its place in the queue for the lock.
        wait_until(lambda: len(self.backends()) <= 4, "the server ends what nobody waits for", 30)
        begin = time.monotonic()
        self.assertEqual(engine.stop(), 0)
        self.assertLess(time.monotonic() - begin, 20)
        holder.stdin.write("ROLLBACK;\n")
        holder.stdin.flush()
        engine.start().wait_ready()
        self.assert_all_stored(POINTS)

    def test_a_frozen_server_process_is_told_and_left_by_a_reload(self):
        engine = self.engine(pipeline=self.pipeline(EXACTLY_ONCE, SOON))
        frozen = self.backends()
        self.assertEqual(len(frozen), 4)
        for pid in frozen:
            os.kill(pid, signal.SIGSTOP)
        try:
            self.load(POINTS).wait(60)
            self.said(engine, "has not answered a statement")
            self.pipeline(EXACTLY_ONCE, SOON, ("rows     = 5000", "rows     = 4000"))
            self.reload(engine, 30)
            self.assert_all_stored(POINTS)
        finally:
            for pid in frozen:
                os.kill(pid, signal.SIGCONT)
        wait_until(lambda: not set(frozen) & set(self.backends()), "they end")
        self.assert_all_stored(POINTS)

    def test_a_database_that_was_read_only_for_a_while_needs_no_restart(self):
        engine = self.engine()
        self.database.psql("ALTER DATABASE nexus_historian SET default_transaction_read_only = on")
        for pid in self.backends():
            self.database.psql(f"SELECT pg_terminate_backend({pid})", "postgres")
        self.load(POINTS).wait(60)
        self.said(engine, "read-only")
        self.database.psql("ALTER DATABASE nexus_historian RESET default_transaction_read_only",
                           "postgres")
        self.assert_all_stored(POINTS)

    def test_a_column_whose_type_was_changed_is_named_until_it_is_changed_back(self):
        engine = self.engine()
        self.database.psql("ALTER TABLE metrics ALTER COLUMN value TYPE bytea USING NULL")
        self.load(POINTS).wait(60)
        self.said(engine, 'its column \\"value\\" is bytea, which cannot hold the values of \\"value\\"')
        self.database.psql("ALTER TABLE metrics ALTER COLUMN value TYPE double precision USING NULL")
        self.assert_all_stored(POINTS)

    def test_rows_stored_but_not_done_are_known_when_a_reload_takes_the_batcher_out(self):
        """Each batch has a row whose letter cannot be written, so that nothing of it is done."""
        refused = POINTS // 50
        letters = os.path.join(self.folder, "letters")
        blocked = ('path      = "${STATE_DIRECTORY:-.}/dead-letters.ndjson"',
                   f'path      = "{letters}/dead-letters.ndjson"')
        engine = self.engine(pipeline=self.pipeline(EXACTLY_ONCE, blocked))
        self.load(POINTS, "--refused-every", "50").wait(60)
        wait_until(lambda: self.database.count() == POINTS - refused, "they are stored")
        self.pipeline(EXACTLY_ONCE, blocked, BATCHER, ('["batcher"]', '["decoder"]'))
        self.reload(engine, 60)
        os.mkdir(letters, 0o755)
        os.chmod(letters, 0o777)
        wait_until(lambda: engine.status()["accounting"]["in_flight"] == 0, "all is done", 60)
        self.assertEqual(self.stored(), (POINTS - refused, POINTS - refused))
        with open(os.path.join(letters, "dead-letters.ndjson")) as f:
            self.assertEqual(len(f.readlines()), refused)
        engine.assert_balanced()

    def test_a_plugin_whose_call_never_returns_does_not_hold_up_a_reload_for_ever(self):
        stalls = ('[nodes.decoder]\nplugin = "json_decoder"\ninputs = ["mqtt"]',
                  '[nodes.stalls]\nplugin = "stalls"\ninputs = ["mqtt"]\n\n'
                  '[nodes.decoder]\nplugin = "json_decoder"\ninputs = ["stalls"]')
        engine = self.engine(pipeline=self.pipeline(
            SOON, stalls, ("[service]", f'[service]\nplugin_path = ["{BUILD}/tests/plugins"]')))
        self.broker.publish_lines("dev/a/b", ["stall", '{"value":1}'])
        wait_until(lambda: engine.status()["mqtt"]["intake"]["position"] == 2, "both are there")
        engine.process.send_signal(signal.SIGHUP)
        self.assertEqual(engine.process.wait(60), 1)
        self.assertIn("the reload did not finish within 10s: a plugin call has not returned",
                      engine.log())
        self.pipeline()
        engine.start().wait_ready()
        engine.assert_balanced(stored=1, rejected_kept=1)

    def test_letters_keep_their_reason_when_a_kill_comes_before_they_are_written(self):
        letters = os.path.join(self.folder, "letters")
        self.database.psql("ALTER TABLE metrics ADD CONSTRAINT bounded CHECK (value < 100)")
        engine = self.engine(pipeline=self.pipeline(
            EXACTLY_ONCE, ('path      = "${STATE_DIRECTORY:-.}/dead-letters.ndjson"',
                           f'path      = "{letters}/dead-letters.ndjson"')))
        self.broker.publish_lines("dev/a/b", ['{"value":1}', '{"value":1000}'] * 64)
        wait_until(lambda: self.database.count() == 64, "the good rows are stored")
        wait_until(lambda: int(self.database.psql(
            "SELECT count(*) FROM penstock_ledger WHERE sink LIKE 'database/%'")) == 64, "are noted")
        engine.process.kill()
        engine.process.wait()
        os.mkdir(letters, 0o755)
        os.chmod(letters, 0o777)
        engine.start().wait_ready()
        engine.assert_balanced(rejected_kept=64, stored_before=64, stored=0)
        with open(os.path.join(letters, "dead-letters.ndjson")) as f:
            lines = f.readlines()
        self.assertEqual(len(lines), 64)
        for line in lines:
            self.assertIn("bounded", line)
        self.assertEqual(self.database.count(), 64)


if __name__ == "__main__":
    unittest.main()

"""Faults of the database, and those in which its lanes hang."""

import contextlib
import os
import signal
import subprocess
import time

from services import PENSTOCK, run_process, start_process, wait_until

from .promises import DATABASE, ENDS, ONCE, tries

RELOAD_S, STOP_S = 60, 30  # a graph, and a process, that hang end in this time


class DatabaseFaults:
    def __init__(self, world):
        self.world, self.dice = world, world.dice
        self.database, self.engine = world.database, world.engine

    def backends(self):
        """Server processes of the engine's connections."""
        return [int(pid) for pid in self.database.psql(
            "SELECT pid FROM pg_stat_activity WHERE usename = 'nexus_ingestion'").split()]

    @tries(ONCE)
    def database_restart(self):
        self.database.stop()
        self.database.start()

    @tries(ONCE)
    def database_crash(self):
        self.database.kill()
        self.database.start()

    @tries(DATABASE)
    def database_away(self):
        self.database.stop()
        time.sleep(self.dice.uniform(1, 8))
        self.database.start()

    @tries(DATABASE)
    def table_locked(self):
        self.database.psql("BEGIN; LOCK TABLE metrics; SELECT pg_sleep(3); COMMIT")

    @tries(ONCE)
    def sessions_ended(self):
        self.database.psql("SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                           "WHERE usename = 'nexus_ingestion'")

    @tries(DATABASE)
    def database_read_only(self):
        """New sessions can't write; those that live afterwards don't know that it is over."""
        self.database.psql("ALTER DATABASE nexus_historian SET default_transaction_read_only = on")
        self.sessions_ended()
        time.sleep(self.dice.uniform(2, 5))
        self.database.psql("ALTER DATABASE nexus_historian RESET default_transaction_read_only",
                           "postgres")

    @tries(DATABASE)
    def statements_time_out(self):
        """All that take longer than some milliseconds, for a while."""
        self.database.psql(f"ALTER ROLE nexus_ingestion SET statement_timeout = {self.dice.randint(1, 30)}")
        self.sessions_ended()
        time.sleep(self.dice.uniform(2, 5))
        self.database.psql("ALTER ROLE nexus_ingestion RESET statement_timeout")

    @tries(DATABASE)
    def column_changed(self):
        self.database.psql("ALTER TABLE metrics ALTER COLUMN value TYPE numeric")
        time.sleep(self.dice.uniform(1, 4))
        self.database.psql("ALTER TABLE metrics ALTER COLUMN value TYPE double precision")

    @contextlib.contextmanager
    def lock(self):
        """A transaction of somebody else's that holds the table."""
        holder = start_process(
            ["psql", "-X", "-q", "-h", self.database.folder, "-p", str(self.database.port), "-U",
             self.database.superuser, "nexus_historian"], stdin=subprocess.PIPE, text=True)
        try:
            holder.stdin.write("BEGIN; LOCK TABLE metrics;\n")
            holder.stdin.flush()
            wait_until(lambda: self.database.psql(
                "SELECT count(*) FROM pg_locks WHERE relation = 'metrics'::regclass AND granted AND "
                "mode = 'AccessExclusiveLock'") == "1", "the table is locked")
            yield
        finally:
            holder.stdin.close()  # and so ends the transaction
            holder.wait(30)

    @contextlib.contextmanager
    def freeze(self):
        frozen = self.backends()
        try:
            for pid in frozen:
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGSTOP)
            yield
        finally:
            for pid in frozen:
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGCONT)

    def reload_while(self, hanging):
        with hanging:
            time.sleep(self.dice.uniform(0.5, 3))
            begin = time.monotonic()
            run_process([PENSTOCK, "reload", "--pid", str(self.engine.process.pid)],
                        capture_output=True, timeout=120)
            took = time.monotonic() - begin
            assert took < RELOAD_S, f"a reload took {took:.0f} s while the lanes hung"
            assert self.engine.process.poll() is None, self.engine.log()[-2000:]

    def stop_while(self, hanging):
        with hanging:
            time.sleep(self.dice.uniform(0.5, 3))
            if self.dice.random() < 0.5:  # in a reload that hangs, too
                self.engine.process.send_signal(signal.SIGHUP)
                time.sleep(self.dice.uniform(0, 2))
            begin = time.monotonic()
            self.world.stop()
            took = time.monotonic() - begin
            assert took < STOP_S, f"a stop took {took:.0f} s while the lanes hung"
        self.engine.start()

    @tries(ENDS)
    def reload_while_table_is_locked(self):
        self.reload_while(self.lock())

    @tries(ENDS)
    def reload_while_server_is_frozen(self):
        self.reload_while(self.freeze())

    @tries(ENDS, ends_process=True)
    def stop_while_table_is_locked(self):
        self.stop_while(self.lock())

    @tries(ENDS, ends_process=True)
    def stop_while_server_is_frozen(self):
        self.stop_while(self.freeze())

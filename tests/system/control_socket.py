"""`penstock reload` among other users of the machine, who may bind any name and connect to anything:
only the engine itself is believed, and nobody holds it up."""

import contextlib
import json
import os
import re
import select
import shutil
import signal
import socket
import subprocess
import sys
import unittest

from services import PENSTOCK, Engine, run_process, start_process, temporary_folder, wait_until

PIPELINE = """
[service]
shutdown_timeout = "60s"
[http]
listen = "127.0.0.1:${INGESTION_HTTP_PORT}"
[nodes.machines]
plugin = "generator_source"
rate = 1000
[nodes.sink]
plugin = "SINK"
inputs = ["machines"]
"""

# Listens as the control sockets of the processes FIRST to FIRST + COUNT (0: as its own), and answers with
# its words, or not at all.
IMPOSTOR = r"""
import contextlib, os, resource, select, socket, sys
first, count, words = int(sys.argv[1]), int(sys.argv[2]), sys.argv[3].encode().decode("unicode_escape")
first = first or os.getpid()
hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
poll, listeners = select.poll(), {}
for process in range(first, first + count):
    for name in (f"\0penstock/control/{process}", f"\0penstock/control/{process}/{process:016x}"):
        s = socket.socket(socket.AF_UNIX)
        try:
            s.bind(name)
        except OSError:
            continue
        s.listen(8)
        listeners[s.fileno()] = s
        poll.register(s, select.POLLIN)
print("listens", flush=True)
held = []
while True:
    for fd, _ in poll.poll():
        connection, _ = listeners[fd].accept()
        held.append(connection)
        if words:
            with contextlib.suppress(OSError):  # it has gone
                connection.sendall(words.encode())
            held.pop().close()
"""
FORGED = r"+forged \x1b[31m red"


class ControlSocket(unittest.TestCase):
    def setUp(self):
        self.folder = self.enterContext(temporary_folder())
        os.chmod(self.folder, 0o755)

    def engine(self, sink="discard_sink", more=""):
        path = os.path.join(self.folder, "pipeline.toml")
        with open(path, "w") as f:
            f.write(PIPELINE.replace("SINK", sink) + more)
        engine = Engine(self.folder, path)
        self.addCleanup(engine.stop)
        return engine.start()

    def as_nobody(self):
        if os.geteuid() != 0:
            self.skipTest("needs root to become somebody else")
        return "nobody"

    def script(self, text, *arguments, user=None):
        process = start_process([sys.executable, "-c", text, *map(str, arguments)], user=user, cwd="/",
                                stdout=subprocess.PIPE, text=True)
        self.addCleanup(lambda: (process.kill(), process.communicate()))
        self.assertEqual(process.stdout.readline(), "listens\n")
        return process

    def reload(self, *more, user=None):
        program = PENSTOCK
        if user:  # a copy, since others may not be able to enter the folder that we build in
            program = os.path.join(self.folder, "penstock")
            if not os.path.exists(program):
                shutil.copy(PENSTOCK, program)
        done = run_process([program, "reload", *map(str, more)], user=user, cwd="/", capture_output=True,
                           text=True)
        return done.returncode, done.stdout + done.stderr

    def assert_reloads(self, engine):
        code, words = self.reload("--pid", engine.process.pid)
        self.assertEqual(code, 0, words)
        self.assertIn("reloaded: 2 nodes", words)

    def engine_after_an_impostor(self, words):
        """An engine whose process's names another user had before."""
        user, count = self.as_nobody(), 4000
        for _ in range(5):
            first = self.script("import os; print('listens', flush=True)").pid
            impostor = self.script(IMPOSTOR, first, count, words, user=user)
            engine = self.engine()
            if first < engine.process.pid < first + count:
                break
            engine.stop()
            impostor.kill()
        else:
            self.skipTest("this machine starts processes faster than names are bound")
        wait_until(lambda: "started: 2 nodes" in engine.log(), "it has started")
        return engine

    def test_who_had_the_name_before_the_engine_is_not_believed(self):
        self.assert_reloads(self.engine_after_an_impostor(FORGED))

    def test_who_had_the_name_and_says_nothing_holds_up_nobody(self):
        self.assert_reloads(self.engine_after_an_impostor(""))

    def test_processes_that_are_no_engines_are_not_listed(self):
        engine = self.engine()
        wait_until(lambda: "started: 2 nodes" in engine.log(), "it has started")
        others = {os.getpid()}
        for first in (os.getpid(), 0):
            others.add(self.script(IMPOSTOR, first, 1, FORGED, user=self.as_nobody()).pid)
        code, words = self.reload()
        listed = {int(n) for n in re.findall(r"\d+", words.partition("--pid")[2])}
        self.assertEqual(listed & others, set())
        if not listed:  # else other tests run engines at the same time
            self.assertEqual(code, 0, words)

    def test_what_a_process_says_reaches_a_terminal_as_text(self):
        liar = self.script("import os, socket\n"
                           "s = socket.socket(socket.AF_UNIX)\n"
                           "s.bind(f'\\0penstock/control/{os.getpid()}/0123456789abcdef')\n"
                           "s.listen()\n"
                           "print('listens', flush=True)\n"
                           "s.accept()[0].sendall('-no\\x1b[31m\\x9b2J\\u202e\\r!'.encode())\n")
        code, words = self.reload("--pid", liar.pid)
        self.assertEqual((code, words), (1, r"not reloaded: no\u001B[31m\u009B2J\u202E\r!" + "\n"))

    def test_another_users_process_is_not_asked(self):
        user = self.as_nobody()
        own = self.script(IMPOSTOR, 0, 1, FORGED, user="daemon")
        code, words = self.reload("--pid", own.pid, user=user)
        self.assertEqual(code, 1)
        self.assertIn("is another user's; ask as that user, or as root", words)

    # ---- the engine's side ----

    @staticmethod
    def names_of(engine):
        with open("/proc/net/unix") as table:
            return re.findall(rf"@(penstock/control/{engine.process.pid}\S*)", table.read())

    @contextlib.contextmanager
    def connected(self, name):
        with socket.socket(socket.AF_UNIX) as s:
            s.settimeout(60)
            s.connect("\0" + name)
            yield s

    def test_others_are_turned_away_while_a_reload_goes_on(self):
        pipe = os.path.join(self.folder, "pipe")
        os.mkfifo(pipe)
        reader = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
        self.addCleanup(os.close, reader)
        writer = os.open(pipe, os.O_WRONLY | os.O_NONBLOCK)
        self.addCleanup(os.close, writer)
        engine = self.engine("file_sink", f"path = {json.dumps(pipe)}\n")
        self.addCleanup(engine.stop, signal.SIGKILL)
        wait_until(lambda: not select.select([], [writer], [], 0)[1], "the pipe is full")
        user = self.as_nobody()
        asking = start_process([PENSTOCK, "reload", "--pid", str(engine.process.pid)],
                               stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        self.addCleanup(lambda: (asking.kill(), asking.wait(), asking.stdout.close()))
        wait_until(lambda: "reload: configuration valid" in engine.log(), "the reload has begun")
        # More than wait at a socket that nobody looks at.
        many = ("import socket, sys\n"
                "for i in range(200):\n"
                "    s = socket.socket(socket.AF_UNIX); s.settimeout(20); s.connect('\\0' + sys.argv[1])\n"
                "    assert b'may ask' in s.recv(1000)\n")
        run_process([sys.executable, "-c", many, self.names_of(engine)[0]], user=user, cwd="/", check=True)
        self.assertIsNone(asking.poll(), "the reload still goes on")
        os.set_blocking(reader, True)
        while asking.poll() is None:
            os.read(reader, 65536)
        self.assertIn("reloaded: 2 nodes", asking.communicate()[0])

    def test_all_who_ask_at_once_get_the_same_answer_and_more_are_refused(self):
        engine = self.engine()
        wait_until(lambda: "started: 2 nodes" in engine.log(), "it has started")
        os.kill(engine.process.pid, signal.SIGSTOP)
        with contextlib.ExitStack() as stack:
            asking = [stack.enter_context(self.connected(self.names_of(engine)[0])) for _ in range(60)]
            os.kill(engine.process.pid, signal.SIGCONT)
            answers = [s.recv(1000) for s in asking]
        done = [a for a in answers if a.startswith(b"+")]
        refused = [a for a in answers if b"too many have asked" in a]
        self.assertEqual(len(done) + len(refused), 60)
        self.assertGreaterEqual(len(done), 16)
        self.assertLess(engine.status()["reloads"]["done"], 60)


if __name__ == "__main__":
    unittest.main()

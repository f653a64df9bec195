"""What comes from outside reaches a terminal and a log as text: it moves no cursor, sets no colour, turns
no writing around and makes no line of its own."""

import contextlib
import http.server
import json
import os
import pty
import re
import signal
import threading
import unittest

from hostile_broker import HostileBroker
from scripted_broker import length
from services import PENSTOCK, Engine, end_process, free_port, start_process, temporary_folder, wait_until

EVIL = "a\x1b[31m\r\n2026-01-01T00:00:00Z error   forged\x07\x7f\x9b2J\u202eb\u2066c\u2028d"
SHOWN = r"a\u001B[31m\r\n2026-01-01T00:00:00Z error   forged\u0007\u007F\u009B2J\u202Eb\u2066c\u2028d"
# What a terminal obeys, but for the line feed; tabs are harmless.
OBEYED = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]")
# Colours of our own, which `check` has on a terminal.
COLOURS = re.compile("\x1b\\[(0|1|32|1;31|1;33)m")

KEEPING = """
[http]
listen = "127.0.0.1:{port}"
[nodes.messages]
plugin = "file_source"
path = {path}
[nodes.messages.buffer]
type = "disk"
path = {intake}
[nodes.out]
plugin = "file_sink"
inputs = ["messages"]
path = {pipe}
"""
RUNNING = """
[logging]
format = "{format}"
[http]
listen = "127.0.0.1:{port}"
[nodes.machines]
plugin = "generator_source"
[nodes.nowhere]
plugin = "discard_sink"
inputs = ["machines"]
"""


class Terminal(unittest.TestCase):
    def setUp(self):
        self.folder = self.enterContext(temporary_folder())
        self.path = os.path.join(self.folder, "pipeline.toml")
        self.port = free_port()

    def write(self, text, **values):
        with open(self.path, "w") as f:
            f.write(text.format(port=self.port, **values))

    def on_a_terminal(self, *command, **more):
        """What a program writes to it, as text; the terminal's own CR LF is LF."""
        ours, its = pty.openpty()
        environment = {**os.environ, "TERM": "xterm", "LC_ALL": "C.UTF-8"}
        environment.pop("NO_COLOR", None)
        process = start_process([PENSTOCK, *command], stdout=its, stderr=its, env=environment, **more)
        os.close(its)
        text = b""
        with contextlib.suppress(OSError):
            while piece := os.read(ours, 65536):
                text += piece
        os.close(ours)
        end_process(process)
        return text.decode("utf-8", "surrogateescape").replace("\r\n", "\n")

    def assert_harmless(self, text):
        found = OBEYED.search(text)
        self.assertIsNone(found, found and ascii(text[max(0, found.start() - 80):found.end() + 20]))

    def test_check_shows_what_stands_in_a_file(self):
        self.write('[nodes.machines]\nplugin = {plugin}\n[nodes."x\x9b2J\u202e"]\nplugin = "discard_sink"\n'
                   'inputs = [{plugin}]\n', plugin=json.dumps(EVIL, ensure_ascii=True))
        for more in ([], ["--format", "json"]):
            text = self.on_a_terminal("check", self.path, *more)
            self.assertIn(SHOWN[:20] if not more else r"\u202E", text)
            self.assert_harmless(COLOURS.sub("", text))
        for command in (["graph", self.path], ["run", self.path]):
            self.assert_harmless(self.on_a_terminal(*command))

    def test_a_refused_reload_is_logged_line_by_line(self):
        for format in ("text", "json"):
            with self.subTest(format):
                self.write(RUNNING, format=format)
                engine = Engine(self.folder, self.path, name=format)
                engine.port = self.port
                engine.start()
                self.addCleanup(engine.stop, signal.SIGKILL)
                wait_until(lambda: "started: 2 nodes" in engine.log(), "it has started")
                evil = json.dumps(EVIL)
                self.write(f'[nodes.a]\nplugin = {evil}\n[nodes.b]\nplugin = {evil}\n'.replace("{", "{{"))
                text = self.on_a_terminal("reload", "--pid", str(engine.process.pid))
                self.assertIn("not reloaded: ", text)
                self.assert_harmless(text)
                self.assertEqual(text.count(SHOWN), 2)
                log = engine.log()
                self.assert_harmless(log)
                lines = [line for line in log.splitlines() if "forged" in line]
                self.assertEqual(len(lines), 2, log)
                for line in lines:
                    if format == "text":
                        self.assertRegex(line, r"^[\dT:.-]+Z error   \S+pipeline\.toml:\d+:\d+: nodes\..: ")
                        self.assertIn(SHOWN, line)
                    else:
                        self.assertRegex(json.loads(line)["message"], r"^\S+pipeline\.toml:\d+:\d+: nodes")
                engine.stop(signal.SIGKILL)

    def test_rows_and_reasons_that_a_tap_and_a_screen_show(self):
        """Of whatever answers at the address, which need not be an engine."""
        row = json.dumps({"topic": EVIL}, ensure_ascii=False)
        view = {"service": EVIL, "uptime_s": 1, "at_ms": 1000, "nodes": [
            {"name": EVIL, "state": EVIL, "busy": 0, "rate_in": 0, "rate_out": 0, "queued": 0, "rejected": 0,
             "errors": 0, "why": EVIL}],
            "accounting": {**dict.fromkeys(("received", "stored", "filtered", "rejected_kept", "rejected_lost",
                                            "dropped", "in_flight"), 0), "balanced": True}}
        answers = {"/tap": row.encode() + b"\n\x1b]0;owned\x07\xff\x9b\n", "/view": json.dumps(view).encode(),
                   "/health": EVIL.encode()}
        with self.serving(answers):
            url = f"http://127.0.0.1:{self.port}"
            tap = self.on_a_terminal("tap", "x", "--limit", "1", "--url", url)
            self.assert_harmless(tap)
            self.assertEqual(json.loads(tap.splitlines()[0])["topic"], EVIL)
            self.assertIn(r"\u001B]0;owned\u0007\xFF\x9B", tap)
            top = self.on_a_terminal("top", "--once", url)
            self.assert_harmless(top)
            self.assertIn("  " + SHOWN, top)
            self.assert_harmless(self.on_a_terminal("health", url + "/health"))
            self.assert_harmless(self.on_a_terminal("health", url + "/nothing"))

    @contextlib.contextmanager
    def serving(self, answers):
        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                body = answers.get(self.path.partition("?")[0])
                self.send_response(404 if body is None else 200)
                self.end_headers()
                self.wfile.write(EVIL.encode() if body is None else body)

            def log_message(self, *_):
                pass
        server = http.server.ThreadingHTTPServer(("127.0.0.1", self.port), Handler)
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield
        finally:
            server.shutdown()
            server.server_close()
            thread.join()

    def test_the_messages_of_an_intake_are_shown(self):
        messages, intake, pipe = (os.path.join(self.folder, name) for name in ("messages", "intake", "pipe"))
        with open(messages, "w") as f:
            f.write(json.dumps({"topic": EVIL, "payload": EVIL}) + "\n")
        os.mkfifo(pipe)  # that nobody reads
        self.write(KEEPING, path=json.dumps(messages), intake=json.dumps(intake), pipe=json.dumps(pipe))
        engine = Engine(self.folder, self.path)
        engine.port = self.port
        engine.start()
        self.addCleanup(engine.stop, signal.SIGKILL)
        wait_until(lambda: engine.get("/status")[0] == 200 and
                   engine.status()["accounting"]["received"] == 1, "it is received")
        engine.stop(signal.SIGKILL)
        text = self.on_a_terminal("intake", intake, "--dump")
        self.assert_harmless(text)
        self.assertEqual(json.loads(text)["topic"], EVIL)


class ServerWords(unittest.TestCase):
    """The words of a broker that refuses us, in the log and in what a service manager shows."""

    def test_a_brokers_reason_is_logged_as_text(self):
        reason = EVIL.encode()
        body = b"\0\x87"  # not authorized, MQTT 5
        properties = b"\x1f" + len(reason).to_bytes(2, "big") + reason
        connack = b"\x20" + length(len(body + length(len(properties)) + properties)) + body + length(
            len(properties)) + properties
        broker = HostileBroker([], connack=connack, good=b"")
        with temporary_folder() as folder:
            path = os.path.join(folder, "pipeline.toml")
            with open(path, "w") as f:
                f.write('[nodes.mqtt]\nplugin = "mqtt_source"\nclient_id = "a"\ntopics = "a/#"\n'
                        f'broker_url = "{broker.url}"\n[nodes.out]\nplugin = "discard_sink"\n'
                        'inputs = ["mqtt"]\n')
            engine = Engine(folder, path).start()
            try:
                wait_until(lambda: "forged" in engine.log() or broker.connections > 1, "it is refused")
            finally:
                engine.stop()
            self.assertIsNone(OBEYED.search(engine.log()), ascii(engine.log()))
            for line in engine.log().splitlines():
                self.assertRegex(line, r"^\d{4}-\d\d-\d\dT[\d:.]+Z (info|warning|error|debug) ")
                self.assertNotIn("2026-01-01", line[:10])


if __name__ == "__main__":
    unittest.main()

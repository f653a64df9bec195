"""A server in the place of the database that has no TLS and asks for the password as it is: it gets none
unless the file says that the network is trusted."""

import os
import socket
import struct
import threading
import unittest

from services import PENSTOCK, Engine, run_process, temporary_folder, wait_until

PIPELINE = """
[http]
listen = "127.0.0.1:${{INGESTION_HTTP_PORT}}"
[nodes.mqtt]
plugin = "mqtt_source"
client_id = "a"
topics = "a"
broker_url = "tcp://127.0.0.1:1"
[nodes.decoder]
plugin = "json_decoder"
inputs = ["mqtt"]
[nodes.database]
plugin = "timescale_sink"
inputs = ["decoder"]
host = "{host}"
port = {port}
password = "${{DB_PASSWORD}}"
connect_timeout = "2s"
{more}
[nodes.letters]
plugin = "file_sink"
inputs = ["decoder.rejected", "database.rejected"]
path = "letters"
"""
# libpq tries one after the other: the impostor first, and then another machine, which nobody has
# (RFC 5737).
ELSEWHERE = "127.0.0.1,192.0.2.1"
SSL_REQUEST, CANCEL_REQUEST, GSS_REQUEST = 80877103, 80877102, 80877104


class Impostor:
    """PostgreSQL's side of a login (Message Flow, "Start-up"), as far as the password."""

    def __init__(self):
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        self.connections, self.passwords = 0, []
        threading.Thread(target=self.run, daemon=True).start()

    def run(self):
        while True:
            try:
                connection, _ = self.listener.accept()
            except OSError:
                return
            with connection:
                connection.settimeout(10)
                try:
                    self.serve(connection)
                except (OSError, struct.error):  # it has gone
                    pass
            self.connections += 1

    def serve(self, connection):
        while True:
            size, code = struct.unpack(">II", connection.recv(8, socket.MSG_WAITALL))
            if code in (SSL_REQUEST, GSS_REQUEST):
                connection.sendall(b"N")
                continue
            connection.recv(size - 8, socket.MSG_WAITALL)
            break
        connection.sendall(b"R" + struct.pack(">II", 8, 3))  # AuthenticationCleartextPassword
        if connection.recv(1) == b"p":
            size, = struct.unpack(">I", connection.recv(4, socket.MSG_WAITALL))
            self.passwords.append(connection.recv(size - 4, socket.MSG_WAITALL)[:-1].decode())


class ImpostorDatabase(unittest.TestCase):
    def setUp(self):
        self.folder = self.enterContext(temporary_folder())
        self.path = os.path.join(self.folder, "pipeline.toml")
        self.impostor = Impostor()
        self.addCleanup(self.impostor.listener.close)

    def write(self, host, more=""):
        with open(self.path, "w") as f:
            f.write(PIPELINE.format(host=host, port=self.impostor.port, more=more))

    def check(self, *more):
        done = run_process([PENSTOCK, "check", *more, self.path], capture_output=True, text=True,
                           env={**os.environ, "DB_PASSWORD": "geheim", "INGESTION_HTTP_PORT": "0"})
        return done.stdout + done.stderr

    def run_until_tried(self):
        engine = Engine(self.folder, self.path, DB_PASSWORD="geheim").start()
        try:
            wait_until(lambda: self.impostor.connections >= 3, "it has tried")
        finally:
            engine.stop()
        return engine.log()

    def test_it_gets_no_password_for_another_machine_and_the_reason_says_what_to_write(self):
        self.write(ELSEWHERE)
        log = self.run_until_tried()
        self.assertEqual(self.impostor.passwords, [])
        self.assertIn('write ssl_mode = "verify-full"', log)
        self.assertIn("host: the server's certificate is not verified", log)
        self.assertIn("warning: host: the server's certificate is not verified", self.check())
        self.assertIn('ssl_mode = "prefer"', self.check("--connect"))
        self.assertEqual(self.impostor.passwords, [])
        self.assertNotIn("geheim", log)

    def test_who_trusts_the_network_says_so(self):
        self.write(ELSEWHERE, 'ssl_mode = "prefer"')
        self.run_until_tried()
        self.assertEqual(set(self.impostor.passwords), {"geheim"})
        self.assertIn("note: nodes.database: ssl_mode: the server's certificate is not verified", self.check())

    def test_on_this_machine_nothing_has_to_be_said(self):
        self.write("127.0.0.1")
        self.run_until_tried()
        self.assertEqual(set(self.impostor.passwords), {"geheim"})
        self.assertNotIn("certificate", self.check())

    def run_with(self, more="", **environment):
        """Without a password in the pipeline file."""
        self.write(ELSEWHERE, more)
        with open(self.path) as f:
            text = f.read().replace('password = "${DB_PASSWORD}"\n', "")
        with open(self.path, "w") as f:
            f.write(text)
        engine = Engine(self.folder, self.path, **environment).start()
        try:
            wait_until(lambda: self.impostor.connections >= 3, "it has tried")
        finally:
            engine.stop()

    def test_a_password_of_the_environment_is_as_well_kept(self):
        self.run_with(PGPASSWORD="geheim")
        self.assertEqual(self.impostor.passwords, [])

    def test_a_password_file_is_as_well_kept(self):
        path = os.path.join(self.folder, ".pgpass")
        with open(path, "w") as f:
            f.write("*:*:*:*:geheim\n")
        os.chmod(path, 0o600)
        self.run_with(PGPASSFILE=path)
        self.impostor.connections = 0
        self.run_with(HOME=self.folder)
        self.assertEqual(self.impostor.passwords, [])
        self.impostor.connections = 0
        self.run_with('ssl_mode = "prefer"', PGPASSFILE=path)
        self.assertEqual(set(self.impostor.passwords), {"geheim"})  # that libpq did look there


if __name__ == "__main__":
    unittest.main()

"""`penstock sessions --forget` takes what waits in the session of an instance that is gone for good, stores it,
and ends the session at the broker: nothing is lost, whatever comes in between."""

import glob
import os
import re
import signal
import subprocess
import unittest

from flow import BULK, EXACTLY_ONCE, Flow
from receivers import Certificates
from scripted_broker import SILENCE, ScriptedBroker, connack, disconnect, packet, publish
from services import PENSTOCK, Engine, free_port, run_process, start_process, wait_until

COUNT = 2000  # mosquitto hands them to the members of a group in turn, also to one that is away
WAITING = COUNT // 2


class Sessions(Flow):
    def start_group(self, qos=1, protocol="5", options="", **variables):
        """Two instances of one group, `left` and `gone`, each with a state folder of its own."""
        bulk = BULK[0], f'{BULK[1]}\nprotocol = "{protocol}"\n{options}'
        self.qos = qos
        path = self.pipeline(bulk, ("qos           = 1", f"qos = {qos}"), EXACTLY_ONCE)
        self.left, self.gone = (self.engine(name, path, **variables) for name in ("left", "gone"))

    def publish(self, first, count=COUNT):
        run_process(["mosquitto_pub", "-h", "127.0.0.1", "-p", str(self.broker.port), "-q", str(self.qos), "-t",
                     "dev/x", "-l"], text=True, check=True,
                    input="".join(f'{{"value":1,"seq":{n}}}\n' for n in range(first, first + count)))

    def lose_one(self, **more):
        """One of the two is gone, and half of what came waits in its session."""
        self.start_group(**more)
        self.assertEqual(self.gone.stop(), 0)
        self.publish(0)
        wait_until(lambda: self.database.count() == COUNT - WAITING, "the half of the other is stored")

    def command(self, session="test-gone", *more):
        return [PENSTOCK, "sessions", "--forget", session, *more, self.left.pipeline]

    def run_forget(self, *arguments, **variables):
        """Its exit code, and what it said."""
        done = run_process(self.command(*arguments), env={**self.left.environment, **variables},
                           cwd=self.left.folder, capture_output=True, text=True, timeout=120)
        return done.returncode, done.stdout + done.stderr

    def start_forget(self):
        process = start_process(self.command(), env=self.left.environment, cwd=self.left.folder,
                                stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        self.addCleanup(lambda: (process.kill(), process.wait()))
        return process

    def folders(self):
        return glob.glob(self.left.folder + "/session-*")

    def wait_taken(self):
        """The command's own intake has all that waited."""
        def undone():
            if not self.folders():
                return 0
            said = run_process([PENSTOCK, "intake", self.folders()[0]], capture_output=True, text=True).stdout
            found = re.search(r"undone +(\d+)", said)
            return found and int(found[1])
        wait_until(lambda: undone() == WAITING, "all that waited is in an intake")

    def assert_forgotten(self, rows=None):
        code, said = self.run_forget()
        self.assertEqual(code, 0, said)
        self.assertRegex(said, r"took 1,\d{3} messages that waited in the session of test-gone; the session is ended")
        stored, messages = self.stored()
        self.assertEqual(messages, COUNT)
        if rows:
            self.assertEqual(stored, rows)
        self.assertEqual(self.folders(), [])
        return said

    def assert_ended(self):
        """What comes now comes to the other one alone."""
        before = self.database.count()
        self.publish(COUNT, 100)
        wait_until(lambda: self.database.count() >= before + 100, "all that comes later is stored")
        self.left.assert_balanced(stored=COUNT - WAITING + 100)
        self.assertEqual(self.left.metric("penstock_mqtt_connections_lost_total"), 0)
        code, said = self.run_forget()
        self.assertEqual(code, 1)
        self.assertIn("has no session of test-gone", said)
        self.assertEqual(self.left.stop(), 0)

    def test_what_waits_at_quality_1_is_stored_once_and_the_session_ends(self):
        self.lose_one()
        self.assertIn("took 1,000 messages", self.assert_forgotten(rows=COUNT))
        self.assert_ended()

    def test_what_waits_at_quality_2_is_stored_once_and_the_session_ends(self):
        self.lose_one(qos=2)
        self.assertIn("took 1,000 messages", self.assert_forgotten(rows=COUNT))
        self.assert_ended()

    def test_the_same_with_3_1_1(self):
        self.lose_one(protocol="3.1.1")
        self.assertIn("took 1,000 messages", self.assert_forgotten(rows=COUNT))
        self.assert_ended()

    def test_the_same_at_quality_2_with_3_1_1(self):
        self.lose_one(qos=2, protocol="3.1.1")
        self.assertIn("took 1,000 messages", self.assert_forgotten(rows=COUNT))
        self.assert_ended()

    def test_the_same_over_tls(self):
        certificates, port = Certificates(self.folder), free_port()
        self.broker.stop()
        with open(self.broker.config, "a") as f:
            f.write(f"listener {port} 127.0.0.1\n{certificates.listener('localhost')}")
        self.broker.start()
        self.lose_one(options=f'tls_ca = "{certificates.ca}"', INGESTION_MQTT_BROKER_URL=f"ssl://localhost:{port}")
        self.assert_forgotten(rows=COUNT)
        self.assert_ended()

    def kill_in_the_middle(self, **more):
        self.lose_one(**more)
        holder = self.lock_table()
        process = self.start_forget()
        self.wait_taken()
        process.kill()
        process.wait()
        holder.kill()
        holder.wait()

    def test_killed_and_run_again_it_loses_nothing(self):
        self.kill_in_the_middle()
        self.assert_forgotten()
        self.assert_ended()

    def test_killed_and_run_again_at_quality_2_it_stores_each_once(self):
        self.kill_in_the_middle(qos=2)
        self.assert_forgotten(rows=COUNT)
        self.assert_ended()

    def test_without_the_database_it_keeps_what_it_took_for_the_next_try(self):
        self.lose_one(qos=2)
        self.database.stop()
        process = self.start_forget()
        self.wait_taken()
        process.send_signal(signal.SIGTERM)
        self.assertEqual(process.wait(60), 2)
        self.database.start()
        self.assert_forgotten(rows=COUNT)
        self.assert_ended()

    def test_a_session_that_the_broker_does_not_have_is_told_and_none_is_left(self):
        for protocol in "5", "3.1.1":
            self.left = Engine(self.folder, self.pipeline((BULK[0], f'{BULK[0]}\nprotocol = "{protocol}"')), self.broker,
                               self.database, "left")
            for _ in range(2):
                code, said = self.run_forget("test-nobody")
                self.assertEqual(code, 1, said)
                self.assertIn(f"{self.broker.url} has no session of test-nobody", said)
                self.assertEqual(self.folders(), [])

    def test_a_session_of_the_engine_that_runs_here_is_not_touched(self):
        self.start_group()
        code, said = self.run_forget("test-left")
        self.assertEqual(code, 1)
        self.assertIn(f"client_id test-left is in use by process {self.left.process.pid}; end that one first", said)
        code, said = self.run_forget("test-left-2")  # of an engine with connections = 2
        self.assertEqual(code, 1)
        self.assertIn("client_id test-left-2 is in use by process", said)
        self.assertEqual(self.left.metric("penstock_mqtt_connections_lost_total"), 0)

    def give_back(self, protocol):
        self.start_group(protocol=protocol)
        code, said = self.run_forget()
        self.assertEqual(code, 1, said)
        self.assertIn("if client_id test-gone is in use by another client, end that one; then run this again", said)
        self.gone.wait_ready()
        self.assertEqual(self.gone.metric("penstock_mqtt_connections_lost_total"), 1)
        self.assertEqual(self.folders(), [])
        self.publish(0)
        self.assert_all_stored(COUNT)

    def test_a_session_in_use_elsewhere_is_left_to_its_owner_and_nothing_is_lost(self):
        self.give_back("5")

    def test_the_same_of_a_session_in_use_with_3_1_1(self):
        self.give_back("3.1.1")

    def test_a_broker_that_says_so_is_asked_once_and_nothing_is_unsubscribed(self):
        broker = ScriptedBroker(lambda connect: connack(connect.version, session=True) + disconnect(0x8E))
        self.addCleanup(broker.close)
        self.left = Engine(self.folder, self.pipeline(), self.broker, self.database, "left")
        code, said = self.run_forget(INGESTION_MQTT_BROKER_URL=broker.url)
        self.assertEqual(code, 1, said)
        self.assertIn("client_id test-gone is in use: another client took over the session", said)
        self.assertEqual((len(broker.connects), broker.unsubscribed), (1, []))
        self.assertEqual(self.folders(), [])

    def test_a_broker_that_does_not_answer_is_told(self):
        broker = ScriptedBroker(lambda connect: connack(connect.version, session=True), leave=lambda topic: SILENCE)
        self.addCleanup(broker.close)
        self.left = Engine(self.folder, self.pipeline(), self.broker, self.database, "left")
        code, said = self.run_forget(INGESTION_MQTT_BROKER_URL=broker.url)
        self.assertEqual(code, 1, said)
        self.assertIn("the broker does not answer UNSUBSCRIBE", said)
        self.assertEqual(len(broker.connects), 1)

    def keeping_broker(self, behind=b"", **more):
        """It has the session until a client wants a clean one; `behind`: what comes behind CONNACK."""
        broker = ScriptedBroker(lambda connect: connack(connect.version, session=not connect.clean) + behind, **more)
        self.addCleanup(broker.close)
        self.left = Engine(self.folder, self.pipeline(), self.broker, self.database, "left")
        return broker

    def test_what_a_broker_sends_a_second_behind_unsuback_is_taken(self):
        broker = self.keeping_broker(late={1: publish(b"dev/x", b'{"value":1,"seq":1}', packet_id=7)})
        code, said = self.run_forget(INGESTION_MQTT_BROKER_URL=broker.url)
        self.assertEqual(code, 0, said)
        self.assertIn("took 1 message that waited in the session of test-gone", said)
        self.assertEqual((broker.acknowledged, self.database.count()), ([7], 1))

    def test_an_unsuback_that_nobody_asked_for_ends_nothing(self):
        broker = self.keeping_broker(behind=packet(0xB0, b"\x00\x02\x00\x00"))
        code, said = self.run_forget(INGESTION_MQTT_BROKER_URL=broker.url)
        self.assertEqual(code, 0, said)
        self.assertEqual(len(broker.connects), 2)
        self.assertNotEqual(broker.unsubscribed, [])

    def test_a_refusal_that_another_try_does_not_change_ends_it(self):
        broker = self.keeping_broker()
        for code, words in (0x86, "wrong username or password"), (0x87, "not authorised"), (0x85, "not allowed"):
            broker.answer = lambda connect: connack(connect.version, code)
            broker.connects.clear()
            ended, said = self.run_forget(INGESTION_MQTT_BROKER_URL=broker.url)
            self.assertEqual(ended, 1, said)
            self.assertIn(words, said)
            self.assertEqual(len(broker.connects), 1)

    def test_a_broker_that_is_busy_is_tried_again(self):
        broker = self.keeping_broker()
        refusals = [0x88, 0x89, 0x97, 0x9F]
        broker.answer = lambda connect: connack(connect.version, refusals.pop(0)) if refusals else connack(connect.version)
        ended, said = self.run_forget(INGESTION_MQTT_BROKER_URL=broker.url)
        self.assertEqual(ended, 1, said)
        self.assertIn("has no session of test-gone", said)
        self.assertEqual(refusals, [])

    def test_broken_off_by_the_broker_and_run_again_it_loses_nothing(self):
        self.lose_one(qos=2)
        holder = self.lock_table()
        process = self.start_forget()
        self.wait_taken()
        self.broker.stop()
        self.broker.start()
        holder.kill()
        holder.wait()
        self.assertEqual(process.wait(60), 1)
        self.assert_forgotten()

    def test_where_it_cannot_be_it_says_so(self):
        path = self.pipeline()
        self.left = Engine(self.folder, path, self.broker, self.database, "left")
        code, said = self.run_forget("x", INGESTION_MQTT_BROKER_URL="ws://localhost:1")
        self.assertEqual(code, 1)
        self.assertIn("broker_url: a session is ended over tcp:// or ssl://, not over web sockets", said)
        self.assertEqual(self.run_forget("x", "--node", "mqt"),
                         (1, f'{path}: there is no node "mqt" (did you mean "mqtt"?)\n'))
        self.assertEqual(self.run_forget("x", "--node", "batcher"), (1, f'{path}: node "batcher" has no session\n'))
        with open(path, "w") as f:
            f.write('[nodes.a]\nplugin = "generator_source"\n[nodes.b]\nplugin = "discard_sink"\ninputs = ["a"]\n')
        self.assertEqual(self.run_forget("x"), (1, f"{path}: the pipeline has no source with a session\n"))
        with open(path, "w") as f:
            for name in "a", "b":
                f.write(f'[nodes.{name}]\nplugin = "mqtt_source"\nclient_id = "{name}"\ntopics = ["t"]\n')
            f.write('[nodes.c]\nplugin = "discard_sink"\ninputs = ["a", "b"]\n')
        self.assertEqual(self.run_forget("x"),
                         (1, f"{path}: several sources have sessions: choose one with --node: a, b\n"))


if __name__ == "__main__":
    unittest.main()

"""Brokers that break the rules: nothing that they send ends the engine, fills its memory or costs
a message that came whole."""

import os
import struct
import unittest

from receivers import PIPELINE, messages_of
from scripted_broker import CLOSE, V5, Listener, connack, publish, suback
from services import Engine, temporary_folder, wait_until

CONNACK, SUBACK = connack(V5), suback(V5, 1, [1, 1])


class HostileBroker(Listener):
    """Answers CONNECT and SUBSCRIBE as MQTT 5 has it, then sends a script, in pieces. The second
    connection and later ones get the script of good manners."""

    def __init__(self, script, connack=CONNACK, good=b""):
        self.script, self.connack, self.good = script, connack, good
        self.received, self.received_later = b"", b""
        self.versions = []
        super().__init__()

    def serve(self, connection, number):
        first = number == 1
        self.versions.append(connection.recv(4096)[8])  # after "MQTT" in CONNECT
        connection.sendall(self.connack if first else CONNACK)
        connection.recv(4096)
        connection.sendall(SUBACK)
        for piece in self.script if first else [self.good]:
            if piece is CLOSE:
                return
            connection.sendall(piece)
        while data := connection.recv(65536):
            if first:
                self.received += data
            else:
                self.received_later += data


class Hostile(unittest.TestCase):
    def start(self, script, options="", state=None, **more):
        self.folder = self.enterContext(temporary_folder())
        broker = HostileBroker(script, good=publish(b"dev/a", b"good"), **more)
        self.addCleanup(broker.close)
        path = os.path.join(self.folder, "pipeline.toml")
        with open(path, "w") as f:
            f.write(PIPELINE.format(url=broker.url, options='receiver = "bulk"\n' + options))
        variables = {"STATE_DIRECTORY": os.path.join(self.folder, state)} if state else {}
        engine = Engine(self.folder, path, **variables).start()
        self.addCleanup(engine.stop)
        return broker, engine

    def assert_arrives(self, engine, *expected):
        wait_until(lambda: len(messages_of(engine)) >= len(expected), "the messages arrive", 30)
        self.assertEqual(messages_of(engine), list(expected))
        self.assertIsNone(engine.process.poll())

    def assert_recovers(self, script, what, *before, **more):
        """The connection is ended, and the next one, which is good, works."""
        broker, engine = self.start(script, **more)
        self.assert_arrives(engine, *before, ("dev/a", "good"))
        self.assertIn(what, engine.log())
        self.assertEqual(engine.stop(), 0)

    def test_a_packet_length_of_five_bytes(self):
        self.assert_recovers([publish(b"dev/a", b"whole"), b"\x30\xff\xff\xff\xff\x7f"],
                             "the broker sent invalid MQTT: a packet's length", ("dev/a", "whole"))

    def test_a_packet_cut_short_by_the_end_of_the_connection(self):
        self.assert_recovers([publish(b"dev/a", b"cut")[:-3], CLOSE], "the broker closed the connection")

    def test_a_refused_version_is_told_in_words_and_the_other_one_tried(self):
        broker, engine = self.start([], connack=b"\x20\x03\x00\x84\x00")
        wait_until(lambda: broker.versions[:2] == [5, 4], "3.1.1 is tried after 5", 30)
        self.assertIn("it does not support this version of MQTT (code 0x84)", engine.log())
        self.assertEqual(engine.stop(), 0)

    def test_a_topic_that_is_not_utf8_keeps_its_message(self):
        _, engine = self.start([publish(b"dev/\xff\xc3\xa4\x00b\xe2\x82", b"kept")])
        self.assert_arrives(engine, ("dev/\ufffdä\ufffdb\ufffd\ufffd", "kept"))
        self.assertEqual(engine.metric("penstock_mqtt_topics_mended_total"), 1)
        self.assertEqual(engine.stop(), 0)

    def assert_skipped(self, message, limit, words):
        """It is counted, told and acknowledged, and the next one arrives. `message` has id 17."""
        broker, engine = self.start([message, publish(b"dev/a", b"next", 18)], limit)
        self.assert_arrives(engine, ("dev/a", "next"))
        self.assertEqual(engine.metric("penstock_mqtt_messages_oversize_total"), 1)
        self.assertIn(words, engine.log())
        wait_until(lambda: b"\x40\x02\x00\x11" in broker.received and
                   b"\x40\x02\x00\x12" in broker.received, "both are acknowledged", 30)
        self.assertEqual(engine.stop(), 0)

    def test_an_oversize_message_is_skipped_counted_acknowledged_and_logged(self):
        self.assert_skipped(publish(b"dev/large", b"x" * 5_000_000, 17), 'max_message_bytes = "1MiB"',
                            "dev/large is larger than max_message_bytes")

    def test_properties_beyond_their_limit_are_skipped_counted_acknowledged_and_logged(self):
        user_property = b"\x26\x00\x01a" + struct.pack(">H", 60_000) + b"x" * 60_000
        self.assert_skipped(publish(b"dev/large", b"1", 17, user_property * 5), 'max_message_bytes = "64KiB"',
                            "dev/large is larger than max_message_bytes")

    def test_a_long_topic_is_skipped_counted_acknowledged_and_logged(self):
        self.assert_skipped(publish(b"dev/" + b"x" * 200, b"lost", 17), "max_topic_bytes = 100",
                            "has a topic longer than max_topic_bytes and was skipped")

    def test_what_is_repeated_before_it_is_acknowledged_is_taken_once(self):
        # On the same connection, while nothing can be written; some of it in one read.
        each = [publish(b"dev/a", b"%d" % i, i) for i in range(1, 11)]
        again = b"".join(b"\x3a" + packet[1:] for packet in each)
        broker, engine = self.start([b"".join(each) + again, again, again], state="engine/later")
        wait_until(lambda: engine.metric("penstock_mqtt_messages_repeated_total") == 30, "are known", 30)
        self.assertEqual(broker.received.count(b"\x40\x02"), 0)
        os.mkdir(os.path.join(engine.folder, "later"))
        wait_until(lambda: broker.received.count(b"\x40\x02") == 10, "each is acknowledged once", 60)
        with open(os.path.join(engine.folder, "later", "messages.ndjson")) as f:
            self.assertEqual(len(f.readlines()), 10)
        self.assertEqual(engine.stop(), 0)

    def test_what_a_full_intake_drops_is_acknowledged_also_after_a_restart(self):
        # With durability = "machine" an acknowledgement waits for a sync; of what is dropped, none.
        sent, later = 2000, 50
        each = b"".join(publish(b"dev/a", b"x" * 1000, i) for i in range(1, sent + 1))
        again = b"".join(publish(b"dev/a", b"x" * 1000, i) for i in range(1, later + 1))
        broker, engine = self.start([each], """[nodes.mqtt.buffer]
            type = "disk"
            path = "intake"
            durability = "machine"
            max_bytes = "1MiB"
            overflow = "drop_newest"
        """, state="engine/later")
        broker.good = again
        wait_until(lambda: broker.received.count(b"\x40\x02") == sent, "all are acknowledged", 30)
        dropped = engine.status()["accounting"]["dropped"]
        self.assertGreater(dropped, sent // 4)
        engine.stop()
        engine.start()
        wait_until(lambda: broker.received_later.count(b"\x40\x02") == later, "these, too", 30)
        self.assertEqual(engine.status()["accounting"]["dropped"], later)
        engine.stop()

    def test_endless_promises_take_no_memory(self):
        # 200 packets that each announce 256 MB.
        head = b"\x32\xff\xff\xff\x7f\x00\x05dev/a\x00\x01"
        broker, engine = self.start([head + b"x" * 100_000])
        wait_until(lambda: engine.metric("penstock_mqtt_messages_oversize_total") == 1, "skipped", 30)
        self.assertLess(engine.memory("RssAnon"), 64 << 20 if "asan" not in
                        os.environ.get("PENSTOCK_BUILD", "") else 512 << 20)
        self.assertEqual(engine.stop(), 0)


if __name__ == "__main__":
    unittest.main()

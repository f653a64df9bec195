"""A message that the broker sends again is known, and a new one is never taken for it: over lost
connections and kills, at QoS 1 and 2. The broker is a script, the counts are exact."""

import os
import signal
import unittest

from receivers import PIPELINE, messages_of
from scripted_broker import CLOSE, ScriptedBroker, connack, publish
from services import Engine, temporary_folder, wait_until

COUNT = 10
# What is received waits for its acknowledgement for up to ten seconds: time to end the engine.
LATE = """[nodes.mqtt.buffer]
type          = "disk"
path          = "intake"
durability    = "machine"
sync_interval = "10s"
"""
PROMPT = '[nodes.mqtt.buffer]\ntype = "disk"\npath = "intake"\n'


def many(qos=1, dup=False, words=b"same", ids=range(1, COUNT + 1)):
    """A message each, in one piece; by default all of equal content."""
    return b"".join(publish(b"dev/a", words, packet_id, qos=qos, dup=dup) for packet_id in ids)


# What shows that the broker keeps identifiers over connections: many on one, then the next on another.
SHOWN = 4200
SHOWS = ([many(words=b"shown", ids=range(1, SHOWN)), CLOSE], many(words=b"shown", ids=[SHOWN]))
LATER = range(SHOWN + 1, SHOWN + 1 + COUNT)


def pubrel(ids=range(1, COUNT + 1)):
    return b"".join(b"\x62\x02" + packet_id.to_bytes(2, "big") for packet_id in ids)


class Once(unittest.TestCase):
    def start(self, *connections, buffer=PROMPT, qos=1, lost=()):
        """What the broker sends on each connection, after each SUBACK; its session is there from the second
        on, but on those of `lost`."""
        self.folder = self.enterContext(temporary_folder())
        self.broker = ScriptedBroker(
            lambda connect: connack(connect.version, session=connect.number > 1 and connect.number not in lost),
            then=lambda connect: connections[connect.number - 1] if connect.number <= len(connections) else [])
        self.addCleanup(self.broker.close)
        path = os.path.join(self.folder, "pipeline.toml")
        with open(path, "w") as f:
            f.write(PIPELINE.format(url=self.broker.url, options=f'receiver = "bulk"\nqos = {qos}\n{buffer}'))
        self.engine = Engine(self.folder, path).start()
        self.addCleanup(self.engine.stop)

    def wait_received(self, count):
        wait_until(lambda: self.engine.status().get("accounting", {}).get("received", 0) >= count,
                   f"{count} are received")

    def wait_answers(self, what, count):
        answers = getattr(self.broker, what)
        wait_until(lambda: len(answers) >= count, f"{count} are {what}")
        self.assertEqual(len(answers), count)

    def wait_written(self, count):
        """So many are in the file, and the intake knows it: else a kill has them written once more, as with
        every sink that keeps no ledger."""
        wait_until(lambda: self.engine.metric("penstock_intake_done_messages_total") == count, f"{count} are done")

    def kill_and_start(self):
        self.engine.stop(signal.SIGKILL)
        self.engine.start()

    def assert_taken(self, count, repeated):
        """So many rows, and so many repetitions counted (since the last start)."""
        wait_until(lambda: self.engine.metric("penstock_mqtt_messages_repeated_total") == repeated,
                   f"{repeated} are known")
        wait_until(lambda: len(messages_of(self.engine)) >= count, f"{count} are taken")
        self.engine.assert_balanced()
        self.assertEqual(len(messages_of(self.engine)), count)
        self.assertEqual(self.engine.stop(), 0)

    # ---- QoS 1 ----

    def test_what_a_kill_kept_from_being_acknowledged_is_known_after_it(self):
        self.start(SHOWS[0], [SHOWS[1], many(ids=LATER)], [many(dup=True, ids=LATER)], buffer=LATE)
        self.wait_received(SHOWN + COUNT)
        self.assertNotIn(LATER[0], self.broker.acknowledged)
        self.kill_and_start()
        self.assert_taken(SHOWN + COUNT, repeated=COUNT)
        self.assertEqual(self.broker.acknowledged[-COUNT:], list(LATER))

    def test_what_a_lost_connection_kept_from_being_acknowledged_is_known_on_the_next(self):
        self.start(SHOWS[0], [SHOWS[1], many(ids=LATER), CLOSE], [many(dup=True, ids=LATER)], buffer=LATE)
        self.assert_taken(SHOWN + COUNT, repeated=COUNT)

    def test_from_a_broker_that_may_begin_with_1_on_each_connection_all_is_new(self):
        # As RabbitMQ does. Ten of equal content are lost with the first connection.
        self.start([many(ids=range(1, SHOWN)), CLOSE], [many(dup=True)], buffer=LATE)
        self.assert_taken(SHOWN - 1 + COUNT, repeated=0)

    def test_an_identifier_that_was_acknowledged_stands_for_a_new_message_of_equal_content(self):
        # The second were lost with the connection, and come with DUP.
        self.start([many()], [many(dup=True)])
        self.wait_answers("acknowledged", COUNT)
        self.wait_written(COUNT)
        self.kill_and_start()
        self.wait_answers("acknowledged", 2 * COUNT)
        self.assert_taken(2 * COUNT, repeated=0)

    def test_the_same_within_one_process(self):
        self.start([many(), CLOSE], [many(dup=True), CLOSE], [many(dup=True)])
        self.assert_taken(3 * COUNT, repeated=0)

    def test_other_content_under_an_unacknowledged_identifier_is_a_new_message(self):
        self.start([many()], [many(dup=True, words=b"other")], buffer=LATE)
        self.wait_received(COUNT)
        self.kill_and_start()
        self.wait_answers("acknowledged", COUNT)
        self.assert_taken(2 * COUNT, repeated=0)

    def test_without_dup_it_is_a_new_message(self):
        self.start([many()], [many()], buffer=LATE)
        self.wait_received(COUNT)
        self.kill_and_start()
        self.assert_taken(2 * COUNT, repeated=0)

    def test_where_the_broker_has_lost_the_session_all_is_new(self):
        for qos in 1, 2:
            with self.subTest(qos):
                self.start([many(qos)], [many(qos, dup=True)], buffer=LATE, lost=(2,), qos=qos)
                self.wait_received(COUNT)
                self.kill_and_start()
                self.assert_taken(2 * COUNT, repeated=0)

    # ---- QoS 2 ----

    def test_what_was_not_released_is_known_after_a_kill(self):
        # The broker has not read what we wrote.
        self.start([many(2)], [many(2, dup=True), pubrel()], qos=2)
        self.wait_answers("recorded", COUNT)
        self.wait_written(COUNT)
        self.kill_and_start()
        self.wait_answers("completed", COUNT)
        self.wait_answers("recorded", 2 * COUNT)
        self.assert_taken(COUNT, repeated=COUNT)

    def test_what_was_released_stands_for_a_new_message(self):
        self.start([many(2), pubrel()], [many(2, dup=True), pubrel()], qos=2)
        self.wait_answers("completed", COUNT)
        self.wait_written(COUNT)
        self.kill_and_start()
        self.wait_answers("completed", 2 * COUNT)
        self.assert_taken(2 * COUNT, repeated=0)

    def test_a_broker_that_has_lost_its_state_sends_new_messages(self):
        # It was put back to its last save: identifiers that wait for their release come with other content.
        self.start([many(2)], [many(2, words=b"other"), many(2, dup=True, words=b"third", ids=[1]), pubrel()], qos=2)
        self.wait_answers("recorded", COUNT)
        self.wait_written(COUNT)
        self.kill_and_start()
        self.wait_answers("completed", COUNT)
        self.assert_taken(2 * COUNT + 1, repeated=0)

    def test_the_same_of_such_a_broker_within_one_process(self):
        self.start([many(2), CLOSE], [many(2, words=b"other"), many(2, dup=True, words=b"third", ids=[1]), pubrel()],
                   qos=2)
        self.wait_answers("completed", COUNT)
        self.assert_taken(2 * COUNT + 1, repeated=0)


if __name__ == "__main__":
    unittest.main()

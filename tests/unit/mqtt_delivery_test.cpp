// Which messages an MqttClient hands on, and when it acknowledges them.
#include "broker_script.hpp"

namespace {

using Event = MqttClient::Event;
using Texts = std::vector<std::string>;

const std::string too_long(101, 'x');  // a topic beyond max_topic_bytes

}  // namespace

TEST_CASE("a conversation comes to the same wherever its bytes are cut") {
  const std::string bytes = connack() + suback() + publish(1, "one", 1) + publish(2, "two", 2) +
                            publish(2, "two", 2, true) + pubrel(2) +
                            publish(3, "", 1, false, too_long) + kPong +
                            publish(4, std::string(300, 'x'), 1) + publish(0, "none", 0);
  const auto run = [&](size_t cut, size_t piece) {
    BrokerScript broker;
    broker.connect();
    CHECK(broker.send(bytes.substr(0, cut)) == Event::kNone);
    for (size_t at = cut; at < bytes.size(); at += piece) {
      CHECK(broker.send(bytes.substr(at, piece)) == Event::kNone);
    }
    CHECK(broker.subscriptions == 1);
    CHECK(broker.host.number(kReceived) == 6);
    CHECK(broker.host.number(kRepeated) == 1);
    CHECK(broker.host.number(kOversize) == 1);
    return std::pair(broker.taken, broker.sent());
  };
  const auto whole = run(bytes.size(), 1);
  CHECK(whole.first == Texts{"one", "two", std::string(300, 'x'), "none"});
  // PUBCOMP is no acknowledgement of a message: it need not wait for those before it.
  CHECK(whole.second == kSubscription + puback(1) + pubrec(2) + pubcomp(2) + puback(3) + puback(4));
  for (size_t cut = 0; cut < bytes.size(); ++cut) {
    INFO(cut);
    REQUIRE(run(cut, bytes.size()) == whole);
  }
  REQUIRE(run(0, 1) == whole);
}

TEST_CASE("the messages of one read are appended together, 2,000 at most") {
  BrokerScript broker;
  broker.subscribe();
  std::string read;
  for (size_t id = 1; id <= 2001; ++id) read += publish(id, "x");
  broker.send(read);
  CHECK(broker.appends == std::vector<size_t>{2000, 1});
}

TEST_CASE("a message is acknowledged when it is safe, in the order of receipt") {
  BrokerScript broker(PENSTOCK_INTAKE_MEMORY);
  broker.subscribe();
  // 2 and 4 are skipped (MQTT-4.6.0-2).
  broker.send(publish(1, "a", 2) + publish(2, "b", 1, false, too_long) + publish(3, "c") +
              publish(4, "d", 2, false, too_long) + publish(5, "e"));
  CHECK(broker.taken == Texts{"a", "c", "e"});
  CHECK(broker.sent().empty());
  CHECK_FALSE(broker.client.has_to_send(0));
  broker.safe = 1;
  CHECK(broker.client.has_to_send(1));
  CHECK(broker.sent() == pubrec(1) + puback(2));
  broker.safe = 3;
  CHECK(broker.sent() == puback(3) + pubrec(4) + puback(5));
}

TEST_CASE("where what is appended is safe, each read is acknowledged at once, in order") {
  BrokerScript broker;
  broker.subscribe();
  broker.send(publish(9, "a") + publish(2, "b", 1, false, too_long) + publish(3, "c", 2));
  CHECK(broker.sent() == puback(9) + puback(2) + pubrec(3));
}

TEST_CASE("as many messages as the broker may send wait for their acknowledgement") {
  BrokerScript broker(PENSTOCK_INTAKE_MEMORY);
  broker.subscribe();
  std::string expected;
  for (size_t id = 65'535; id > 0; --id) {
    REQUIRE(broker.send(publish(id, "x")) == Event::kNone);
    expected += puback(id);
  }
  CHECK(broker.sent().empty());
  broker.safe = 65'535;
  CHECK(broker.sent().substr(0, expected.size()) == expected);
}

TEST_CASE("QoS 2: the same message twice is taken once, until it is released") {
  BrokerScript broker;
  broker.subscribe();
  // All in one read, then on its own.
  broker.send(publish(1, "a", 2) + publish(1, "a", 2) + publish(1, "a", 2, true));
  CHECK(broker.taken == Texts{"a"});
  CHECK(broker.sent() == pubrec(1));
  broker.send(publish(1, "a", 2, true));
  CHECK(broker.sent() == pubrec(1));
  CHECK(broker.host.number(kRepeated) == 3);
  broker.send(pubrel(1) + publish(1, "a", 2));
  CHECK(broker.taken == Texts{"a", "a"});
  CHECK(broker.sent() == pubcomp(1) + pubrec(1));
}

TEST_CASE("QoS 2: a release is answered, of what is in the same read and of what is unknown") {
  BrokerScript broker;
  broker.subscribe();
  broker.send(pubrel(7));
  CHECK(broker.sent() == pubcomp(7));
  broker.send(publish(1, "a", 2) + pubrel(1));
  CHECK(broker.taken == Texts{"a"});
  CHECK(broker.sent() == pubrec(1) + pubcomp(1));
}

TEST_CASE("QoS 1: what is repeated before it is acknowledged is taken once and acknowledged once") {
  BrokerScript broker(PENSTOCK_INTAKE_MEMORY);
  broker.subscribe();
  broker.send(publish(1, "a") + publish(2, "b") + publish(1, "a", 1, true));
  broker.send(publish(2, "b", 1, true));
  CHECK(broker.taken == Texts{"a", "b"});
  broker.safe = 2;
  CHECK(broker.sent() == puback(1) + puback(2));
  // Its acknowledgement is under way: the identifier is free for another one.
  broker.send(publish(1, "a", 1, true));
  CHECK(broker.taken == Texts{"a", "b", "a"});
}

TEST_CASE("acknowledgements end with their connection") {
  BrokerScript broker(PENSTOCK_INTAKE_MEMORY);
  broker.subscribe();
  broker.send(publish(1, "a", 2));
  broker.subscribe(true);
  broker.safe = 1;
  CHECK(broker.sent().empty());
  broker.send(publish(1, "a", 2, true));
  broker.send(publish(1, "a", 2, true));  // owed
  CHECK(broker.taken == Texts{"a"});
  CHECK(broker.sent() == pubrec(1));
}

TEST_CASE("what a full intake does not take waits, and the broker gets what is safe and pings") {
  BrokerScript broker;
  broker.subscribe();
  broker.room = 1;
  int waits = 0;
  broker.when_full = [&] {
    CHECK(broker.sent() == puback(static_cast<size_t>(++waits)));
    CHECK(broker.pass(60s) == Event::kSend);
    CHECK(broker.sent() == kPing);
    broker.client.waited(broker.now);
    return true;
  };
  CHECK(broker.send(publish(1, "a") + publish(2, "b") + publish(3, "c")) == Event::kNone);
  CHECK(waits == 2);
  CHECK(broker.taken == Texts{"a", "b", "c"});
  CHECK(broker.sent() == puback(3));
  CHECK(broker.pass(0s) == Event::kNone);  // the silence was ours
}

TEST_CASE("what a full intake never took is new when it comes again") {
  BrokerScript broker;
  broker.subscribe();
  broker.room = 1;
  broker.when_full = [&] { return false; };
  broker.send(publish(1, "a", 2) + publish(2, "b", 2));
  CHECK(broker.sent() == pubrec(1));
  broker.room.reset();
  broker.subscribe(true);
  broker.send(publish(2, "b", 2, true));
  CHECK(broker.taken == Texts{"a", "b"});
  CHECK(broker.sent() == pubrec(2));
}

TEST_CASE(
    "a PINGREQ asks once whether the broker counts identifiers up, when all is acknowledged") {
  BrokerScript broker;
  broker.subscribe();
  std::string expected;
  for (size_t id = 1; id <= 300; ++id) {
    broker.send(publish(id, "x"));
    expected += puback(id);
    if (id < 300) continue;
    CHECK(broker.sent() == expected + kPing);
  }
  broker.send(publish(301, "x"));
  CHECK(broker.sent() == puback(301));
}

// How an MqttClient's connections begin, last and end.
#include "broker_script.hpp"

namespace {

using Event = MqttClient::Event;

Options with_protocol(Protocol protocol) {
  Options options = client_options();
  options.protocol = protocol;
  return options;
}

}  // namespace

TEST_CASE("a connection begins with CONNECT, and allows the broker 65,535 messages in flight") {
  BrokerScript broker;
  broker.client.connect(broker.now);
  const std::string properties =
      "\x11\0\0\x0E\x10\x21\xFF\xFF"s;  // session expiry, receive maximum
  CHECK(broker.sent() == packet(0x10, "\0\4MQTT\5\0\0\x1E\x08"s + properties + "\0\7plant-1"s));
  CHECK(broker.sent().empty());
}

TEST_CASE("it subscribes when CONNACK has come, and messages come after SUBACK") {
  BrokerScript broker;
  broker.connect();
  CHECK(broker.send(connack()) == Event::kNone);
  CHECK(broker.sent() == kSubscription);
  CHECK(broker.subscriptions == 0);
  CHECK(broker.send(suback()) == Event::kNone);
  CHECK(broker.subscriptions == 1);
  CHECK(broker.client.was_subscribed());
  CHECK(broker.client.granted_text().starts_with("MQTT 5, QoS 2, shared subscriptions available"));
}

TEST_CASE("what the broker refuses in CONNACK, SUBACK or DISCONNECT ends the connection, and why") {
  struct Refusal {
    std::string connack, suback, after, ended;
  };
  const std::vector<Refusal> all = {
      {connack(0x87), "", "",
       "cannot connect to tcp://broker:1883: the broker refused the connection: not authorised "
       "(code 0x87); "
       "set username and password, or allow this user on the broker"},
      {connack(), suback("\x87"), "",
       "the broker refused the subscription to dev/#: not authorised (code 0x87)"},
      {connack(0, false, "\x28\0"s), "", "",
       "the broker refused the subscription to dev/#: it does not support wildcards; list each "
       "topic"},
      {connack(), suback(), "\xE0\x0D\x9D\x0B\x1C\0\x08"s + "elsewher",
       "the connection to tcp://broker:1883 was lost: the broker disconnected: the server has "
       "moved "
       "(code 0x9D); it names elsewher"},
  };
  for (const Refusal& each : all) {
    INFO(each.ended);
    BrokerScript broker(PENSTOCK_INTAKE_DISK, with_protocol(Protocol::kV5));
    broker.connect();
    CHECK(broker.send(each.connack + each.suback + each.after) == Event::kEnded);
    CHECK(broker.client.ended(broker.client.why(), broker.now) == each.ended);
    CHECK_FALSE(broker.client.falls_back());
    CHECK(broker.sent_at_once.empty());
  }
}

TEST_CASE("a broker that refuses MQTT 5 is asked with 3.1.1 at once") {
  BrokerScript broker;
  broker.connect();
  CHECK(broker.send("\x20\2\0\1"s) == Event::kEnded);
  CHECK(broker.client.falls_back());
  broker.client.connect(broker.now);
  CHECK(broker.sent() == packet(0x10, "\0\4MQTT\4\0\0\x1E\0\7plant-1"s));
  CHECK(broker.send("\x20\2\0\0"s) == Event::kNone);
  CHECK(broker.sent() == "\x82\x0A"s + u16(65'535) + u16(5) + "dev/#\2");
}

TEST_CASE("invalid MQTT ends the connection with DISCONNECT, malformed packet, and is named") {
  const std::vector<std::pair<std::string, std::string>> all = {
      {"\x30\xFF\xFF\xFF\xFF\x7F", "a packet's length"},
      {"\x32\x05\xFF\xFF"s + "abc", "PUBLISH"},     // a topic longer than its packet
      {packet(0x36, "\0\1a\0\1\0xx"s), "PUBLISH"},  // quality of service 3
      {packet(0x32, "\0\1a\0\0\0xx"s), "PUBLISH"},  // no identifier
      {packet(0x32, "\0\0\0\1\0xx"s), "PUBLISH"},   // no topic
      {packet(0x62, "\0\0"s), "PUBREL"},
      {connack(), "CONNACK"},      // a second one
      {suback("\2\2"), "SUBACK"},  // of two topics
      {packet(0xB0, u16(1) + "\x09"), "UNSUBACK"},
      {packet(0xE0, "\x8B\x05"), "DISCONNECT"},
      {packet(0x82, "\0\1\0\0\0"s), "a packet that no broker sends"},
      {packet(0xF0, ""), "a packet that no broker sends"},
  };
  for (const auto& [bytes, what] : all) {
    INFO(what);
    BrokerScript broker;
    broker.subscribe();
    CHECK(broker.send(publish(0, "before", 0) + bytes) == Event::kEnded);
    CHECK(broker.client.why() == "the broker sent invalid MQTT: " + what);
    CHECK(broker.sent_at_once == "\xE0\1\x81");
    CHECK(broker.taken == std::vector<std::string>{"before"});
    CHECK(broker.host.number(kProtocolErrors) == 1);
  }
  BrokerScript broker;
  broker.connect();
  CHECK(broker.send(publish(0, "early", 0)) == Event::kEnded);
  CHECK(broker.client.why() == "the broker sent invalid MQTT: a packet before CONNACK");
}

TEST_CASE("a broker that does not answer in time ends the attempt, not while the intake is full") {
  BrokerScript broker;
  broker.connect();
  CHECK(broker.pass(10s) == Event::kNone);
  CHECK(broker.client.timeout(broker.now) == 1ms);
  CHECK(broker.pass(1ms) == Event::kEnded);
  CHECK(broker.client.why() == "the broker does not answer CONNECT with MQTT 5");
  CHECK(broker.client.falls_back());

  broker.connect();
  CHECK(broker.send("\x20\2\0\0"s) == Event::kNone);
  CHECK(broker.pass(10s) == Event::kNone);
  broker.room = 0;
  broker.when_full = [&] {
    CHECK(broker.pass(1s) == Event::kNone);
    broker.room.reset();
    return true;
  };
  CHECK(broker.send("\x30\3\0\1a"s) == Event::kNone);  // retained, before SUBACK
  CHECK(broker.taken.size() == 1);
  CHECK(broker.pass(1ms) == Event::kEnded);
  CHECK(broker.client.why() == "the broker does not answer SUBSCRIBE");
}

TEST_CASE("a connection closed before CONNACK may be for the version, a later one is not") {
  BrokerScript early;
  early.connect();
  CHECK(early.client.closed("gone") ==
        "the broker closed the connection after CONNECT with MQTT 5");
  CHECK(early.client.falls_back());

  BrokerScript broker;
  broker.subscribe();
  CHECK(broker.client.closed("gone") == "gone");
  CHECK(broker.client.ended("gone", broker.now) ==
        "the connection to tcp://broker:1883 was lost: gone");
  CHECK(broker.host.number(kReconnects) == 1);
}

TEST_CASE("after half of the keep-alive without a packet sent a PINGREQ is") {
  BrokerScript broker;
  broker.subscribe();
  CHECK(broker.pass(15s - 1ns) == Event::kNone);
  CHECK(broker.pass(1ns) == Event::kSend);
  CHECK(broker.sent() == kPing);
  CHECK(broker.pass(1s) == Event::kNone);  // it has been asked
  CHECK(broker.send(kPong) == Event::kNone);
  CHECK(broker.pass(13s) == Event::kNone);
  broker.send(publish(1, "a"));
  CHECK(broker.sent() == puback(1));
  CHECK(broker.pass(14s) == Event::kNone);
  CHECK(broker.pass(1s) == Event::kSend);
}

TEST_CASE("silence for one and a half times the keep-alive ends the connection, if it is read") {
  BrokerScript broker;
  broker.subscribe();
  CHECK(broker.pass(15s) == Event::kSend);
  broker.sent();
  CHECK(broker.pass(30s, false) == Event::kSend);  // not read: pings go on
  broker.sent();
  broker.send(kPong);
  CHECK(broker.pass(45s) == Event::kSend);
  broker.sent();
  CHECK(broker.pass(1ns) == Event::kEnded);
  CHECK(broker.client.why() == "nothing received for one and a half times keep_alive");
}

TEST_CASE("the broker's keep-alive overrules ours, and 0 is none") {
  BrokerScript broker;
  broker.connect();
  broker.send(connack(0, false, "\x13\0\x0A"s) + suback());
  broker.sent();
  CHECK(broker.client.timeout(broker.now) == 1000ms);
  CHECK(broker.pass(5s - 1ns) == Event::kNone);
  CHECK(broker.pass(1ns) == Event::kSend);

  broker.connect();
  broker.send(connack(0, false, "\x13\0\0"s) + suback());
  broker.sent();
  CHECK(broker.pass(24h) == Event::kNone);
  CHECK(broker.sent().empty());
}

TEST_CASE("DISCONNECT leaves behind the last acknowledgement") {
  BrokerScript broker(PENSTOCK_INTAKE_MEMORY);
  broker.subscribe();
  broker.send(publish(1, "a"));
  CHECK_FALSE(broker.client.is_idle());
  CHECK(broker.sent().empty());
  broker.safe = 1;
  broker.client.disconnect();
  CHECK(broker.sent() == puback(1) + kGoodbye);
  CHECK(broker.client.is_idle());
}

TEST_CASE("nothing is read while the broker takes nothing") {
  BrokerScript broker;
  broker.subscribe();
  for (size_t i = 0; i < (1 << 20) / 4; ++i) {
    REQUIRE(broker.client.may_read());
    broker.send(pubrel(7));
  }
  CHECK_FALSE(broker.client.may_read());
  CHECK(broker.sent().size() == 1 << 20);
  CHECK(broker.client.may_read());
}

#include "packets.hpp"

#include <algorithm>
#include <cstring>
#include <memory>
#include <string>
#include "catch.hpp"

#include "acknowledgements.hpp"
#include "broker_address.hpp"
#include "known_subscriptions.hpp"
#include "mqtt_text.hpp"
#include "packet_stream.hpp"
#include "topic_filter.hpp"
#include "version_choice.hpp"

using namespace mqtt_source;
using namespace std::string_literals;

namespace {

using Next = PacketStream::Next;

void feed(PacketStream& stream, const std::string& bytes) {
  const std::span<char> space = stream.space();
  REQUIRE(space.size() >= bytes.size());
  std::memcpy(space.data(), bytes.data(), bytes.size());
  stream.received(bytes.size());
}

std::string publish(const std::string& topic, const std::string& payload, uint8_t flags = 2) {
  std::string body = "\0"s + static_cast<char>(topic.size()) + topic;
  if (flags & 6) body += "\0\7"s;
  body += payload;
  std::string packet(1, static_cast<char>(0x30 | flags));
  size_t length = body.size();
  do {
    packet += static_cast<char>(length % 128 | (length >= 128 ? 128 : 0));
    length /= 128;
  } while (length);
  return packet + body;
}

}  // namespace

TEST_CASE("packets come out whole, in whatever pieces they arrive") {
  const std::string bytes = publish("t", "one") + "\xD0\0"s + publish("t", std::string(5000, 'x'));
  for (const size_t piece : {1, 2, 3, 7, 100, 10'000}) {
    PacketStream stream(1 << 20);
    std::vector<std::pair<PacketType, size_t>> found;
    for (size_t at = 0; at < bytes.size(); at += piece) {
      feed(stream, bytes.substr(at, piece));
      Packet packet;
      while (stream.next(packet) == Next::kPacket)
        found.emplace_back(packet.type, packet.body.size());
    }
    CHECK(found == std::vector<std::pair<PacketType, size_t>>{{PacketType::kPublish, 8},
                                                              {PacketType::kPingresp, 0},
                                                              {PacketType::kPublish, 5005}});
  }
}

TEST_CASE("a length of more than four bytes is malformed") {
  PacketStream stream(1 << 20);
  feed(stream, "\x30\xFF\xFF\xFF\xFF\x01");
  Packet packet;
  CHECK(stream.next(packet) == Next::kMalformed);
}

TEST_CASE("an oversize packet is passed over but for its beginning, whatever it claims to hold") {
  PacketStream stream(1000);
  const std::string large = publish("large", std::string(200'000, 'x'));
  std::vector<bool> oversize;
  for (const std::string& bytes : {large + publish("t", "next")}) {
    for (size_t at = 0; at < bytes.size(); at += 50'000) {
      feed(stream, bytes.substr(at, 50'000));
      Packet packet;
      while (stream.next(packet) == Next::kPacket) {
        oversize.push_back(packet.oversize);
        const auto read = read_publish(packet, Version::kV311);
        REQUIRE(read);
        CHECK(read->id == 7);
        CHECK(read->topic == (packet.oversize ? "large" : "t"));
      }
    }
  }
  CHECK(oversize == std::vector<bool>{true, false});
}

TEST_CASE("a message's fields are read in both versions") {
  const auto read = [](const std::string& bytes, Version version) {
    static PacketStream stream(1 << 20);
    stream.clear();
    feed(stream, bytes);
    Packet packet;
    REQUIRE(stream.next(packet) == Next::kPacket);
    return read_publish(packet, version);
  };
  auto message = read(publish("a/b", "payload", 0x0A), Version::kV311);
  REQUIRE(message);
  CHECK(message->topic == "a/b");
  CHECK(message->payload == "payload");
  CHECK((message->id == 7 && message->qos == 1 && message->dup));
  message = read(publish("a/b", "\x05\x02\0\0\0\x09payload"s, 2), Version::kV5);
  REQUIRE(message);
  CHECK(message->payload == "payload");
  CHECK(message->properties == "\x02\0\0\0\x09"s);
  CHECK_FALSE(read(publish("a/b", "\x05\x02"s, 2), Version::kV5));
  CHECK_FALSE(read(publish("", "x", 2), Version::kV311));
  CHECK_FALSE(read(publish("a", "x", 6), Version::kV311));  // QoS 3
  CHECK_FALSE(read("\x32\x03\0\x05t"s, Version::kV311));
}

namespace {

std::string text(const std::string& bytes) {
  return std::string{static_cast<char>(bytes.size() >> 8), static_cast<char>(bytes.size() & 0xFF)} +
         bytes;
}
std::string user(const std::string& name, const std::string& value) {
  return "\x26" + text(name) + text(value);
}
// "malformed", or the object.
std::string attributes_of(const std::string& properties) {
  static Attributes attributes;
  std::string json;
  if (!read_attributes(properties, attributes)) json = "malformed";
  attributes.append_to(json);
  return json;
}

}  // namespace

TEST_CASE("what a publisher says of a message is a JSON object, each thing once") {
  CHECK(attributes_of("") == "");
  CHECK(attributes_of("\x03" + text("application/json")) ==
        R"({"content_type":"application/json"})");
  CHECK(attributes_of("\x01\x01\x02\0\0\0\x3C\x08"s + text("reply/7") + "\x09" +
                      text("\x01\0\xFF"s)) ==
        R"({"payload_format_indicator":1,"message_expiry_interval":60,"response_topic":"reply/7",)"
        R"("correlation_data_base64":"AQD/"})");
  CHECK(
      attributes_of(user("site", "Graz") + user("line", "1") + user("line", "2") + user("", "")) ==
      R"({"user_properties":{"":"","line":["1","2"],"site":"Graz"}})");
  // Those between a broker and its client are none of the message.
  CHECK(attributes_of("\x0B\x80\x01\x23\0\x05"s) == "");
}

TEST_CASE("whatever text a property has, its JSON is valid") {
  CHECK(attributes_of("\x03" + text("a\"b\\c\n\x01é")) == R"({"content_type":"a\"b\\c\n\u0001é"})");
  CHECK(attributes_of("\x03" + text("a\xFF\0z"s)) == "{\"content_type\":\"a\uFFFD\uFFFDz\"}");
}

TEST_CASE("of malformed properties nothing is taken, and the next message's are whole") {
  const std::string whole = user("a", "b") + "\x03" + text("text");
  for (size_t size = 1; size < whole.size(); ++size) {
    const std::string cut = attributes_of(whole.substr(0, size));
    // One that ends behind a property is valid.
    CHECK(cut ==
          (size == user("a", "b").size() ? R"({"user_properties":{"a":"b"}})" : "malformed"));
  }
  CHECK(attributes_of(user("a", "b") + "\x7F") == "malformed");
  CHECK(attributes_of(whole) == R"({"content_type":"text","user_properties":{"a":"b"}})");
}

TEST_CASE("a property that MQTT allows once makes them malformed when it comes twice") {
  const auto twice = [](const std::string& property) { return attributes_of(property + property); };
  CHECK(twice("\x01\x01"s) == "malformed");
  CHECK(twice("\x02\0\0\0\x3C"s) == "malformed");
  CHECK(twice("\x03" + text("text")) == "malformed");
  CHECK(twice("\x08" + text("reply")) == "malformed");
  CHECK(twice("\x09" + text("id")) == "malformed");
  CHECK(twice("\x23\0\x05"s) == "malformed");
  CHECK(twice("\x0B\x01"s) == "");
  // Nor is what one message has taken for a repetition in the next.
  CHECK(attributes_of("\x01\x01"s) == R"({"payload_format_indicator":1})");
  CHECK(attributes_of("\x01\x01"s) == R"({"payload_format_indicator":1})");
}

TEST_CASE("a CONNACK of either version is understood, also the old one's answer to the new") {
  Packet packet;
  packet.type = PacketType::kConnack;
  packet.body = {"\0\x01", 2};
  REQUIRE(read_connack(packet, Version::kV5));
  CHECK(read_connack(packet, Version::kV5)->code == 1);
  packet.body = {"\x01\0\x08\x13\0\x1E\x1F\0\x02ok", 11};
  const auto connack = read_connack(packet, Version::kV5);
  REQUIRE(connack);
  CHECK(connack->session_present);
  CHECK(connack->keep_alive_s == 30);
  CHECK(connack->reason == "ok");
  packet.body = {"\x01\0\x7F", 3};
  CHECK_FALSE(read_connack(packet, Version::kV5));
}

TEST_CASE("acknowledgements wait for their position, in the order of receipt") {
  Acknowledgements held(false);
  std::string out;
  for (uint16_t id = 1; id <= 3000; ++id) held.put(id, PacketType::kPuback, id, out);
  CHECK(out.empty());
  held.release(2, out);
  CHECK(held.owed() == 2);
  CHECK(out == "\x40\x02\0\x01\x40\x02\0\x02"s);
  out.clear();
  held.release(3000, out);
  CHECK(out.size() == size_t{4} * 2998);
  CHECK(held.empty());
}

TEST_CASE("addresses of brokers are taken apart") {
  const auto parse = [](const char* url) { return BrokerAddress::parse(url); };
  CHECK(parse("tcp://host:1884")->port == "1884");
  CHECK(parse("mqtt://host")->port == "1883");
  CHECK(parse("mqtts://host")->port == "8883");
  CHECK(parse("mqtts://host")->tls);
  CHECK(parse("ssl://[::1]:99")->host == "::1");
  CHECK(parse("ws://host/mqtt")->web_socket);
  for (const char* bad : {"host:1883", "http://host", "tcp://", "tcp://host:", "tcp://host:x",
                          "tcp://[::1", "tcp://:1883"}) {
    INFO(bad);
    CHECK_FALSE(parse(bad));
  }
}

TEST_CASE("topic filters are checked as MQTT defines them") {
  for (const char* good : {"#", "+", "dev/#", "+/a/+", "$share/g/dev/#", "/", "a//b", "$SYS/#"}) {
    INFO(good);
    CHECK(fault_of_filter(good).empty());
  }
  for (const char* bad : {"", "dev/\x01/#", "dev/\xFF/#", "dev/\xC2\x85", "dev/#/x", "dev#", "a+/b",
                          "$share/g", "$share//x", "$share/g/", "$share/+/x"}) {
    INFO(bad);
    CHECK_FALSE(fault_of_filter(bad).empty());
  }
}

TEST_CASE("a filter has the topics that MQTT says, and no other") {
  const auto rows = std::vector<std::tuple<const char*, const char*, bool>>{
      {"a/b", "a/b", true},      {"a/b", "a/bc", false},     {"a/b", "a", false},
      {"a/b", "a/b/c", false},   {"a/#", "a/b/c", true},     {"a/#", "a", true},
      {"a/#", "ab", false},      {"#", "a/b", true},         {"#", "$SYS/a", false},
      {"+/a", "$SYS/a", false},  {"$SYS/#", "$SYS/a", true}, {"+", "a", true},
      {"+", "a/b", false},       {"a/+/c", "a/b/c", true},   {"a/+/c", "a//c", true},
      {"a/+", "a/", true},       {"a/+", "a", false},        {"/+", "/a", true},
      {"/+", "a", false},        {"a/", "a", false},         {"a", "a/", false},
      {"+/+/#", "a/b", true},    {"+/+/#", "a", false},      {"$share/g/a/#", "a/b", true},
      {"$share/g/#", "x", true}, {"$share/g/#", "$x", false}};
  for (const auto& [filter, topic, expected] : rows) {
    INFO(filter << " " << topic);
    CHECK(matches(filter, topic) == expected);
  }
}

TEST_CASE("a text is refused that a broker would refuse") {
  for (const std::string good : {"", "plant 1", "größe", "\xF0\x9F\x8F\xAD"}) {
    INFO(good);
    CHECK(fault_of_text(good).empty());
  }
  CHECK(fault_of_text(std::string(kMostTextBytes, 'x')).empty());
  CHECK(fault_of_text(std::string(kMostTextBytes + 1, 'x')) == "is longer than 65,535 bytes");
  for (const std::string bad : {"\x80", "a\xC3", "\xED\xA0\x80", "\xF4\x90\x80\x80"}) {
    CHECK(fault_of_text(bad) == "is not UTF-8");
  }
  for (const std::string& bad : {std::string(1, '\0'), std::string("a\nb"), std::string("\x7F"),
                                 std::string("\xC2\x80"), std::string("\xC2\x9F")}) {
    CHECK(fault_of_text(bad) == "has a control character");
  }
  for (const std::string bad : {"\xEF\xB7\x90", "\xEF\xBF\xBF", "\xF0\x9F\xBF\xBE"}) {
    CHECK(fault_of_text(bad) == "has a noncharacter code point");
  }
}

TEST_CASE("a text is cut between characters") {
  CHECK(cut_text("größe", 9) == "größe");
  CHECK(cut_text("größe", 3) == "gr");  // ö has two bytes
  CHECK(cut_text("größe", 4) == "grö");
  CHECK(cut_text("größe", 0).empty());
}

TEST_CASE("what a CONNACK of version 5 grants is read") {
  Packet packet;
  packet.type = PacketType::kConnack;
  const std::string body = "\1\0\xE\x11\0\0\xE\x10\x13\0\0\x28\0\x2A\0\x24\1"s;
  packet.body = {body.data(), body.size()};
  const auto connack = read_connack(packet, Version::kV5);
  REQUIRE(connack);
  CHECK(connack->session_present);
  CHECK(connack->session_expiry_s == 3600u);
  CHECK(connack->keep_alive_s == 0);
  CHECK_FALSE(connack->has_wildcards);
  CHECK_FALSE(connack->has_shared_subscriptions);
}

TEST_CASE("a SUBACK's codes and reason are read") {
  Packet packet;
  packet.type = PacketType::kSuback;
  const std::string body = "\0\1\6\x1F\0\3why\1\x9E"s;
  packet.body = {body.data(), body.size()};
  const auto suback = read_suback(packet, Version::kV5);
  REQUIRE(suback);
  CHECK(suback->codes == std::vector<uint8_t>{1, 0x9E});
  CHECK(suback->reason == "why");
}

TEST_CASE("a subscription says what is to come of what the broker retains, in version 5 only") {
  std::string bytes;
  put_subscribe(bytes, Version::kV5, {"a"}, 1, Retained::kSkip);
  CHECK(bytes == "\x82\7\xFF\xFF\0\0\1a\x21"s);
  bytes.clear();
  put_subscribe(bytes, Version::kV311, {"a"}, 1, Retained::kSkip);
  CHECK(bytes == "\x82\6\xFF\xFF\0\1a\1"s);
}

TEST_CASE("topics are unsubscribed from") {
  std::string bytes;
  put_unsubscribe(bytes, Version::kV5, {"a", "b"});
  CHECK(bytes == "\xA2\x9\xFF\xFE\0\0\1a\0\1b"s);
  bytes.clear();
  put_unsubscribe(bytes, Version::kV311, {"a"});
  CHECK(bytes == "\xA2\5\xFF\xFE\0\1a"s);
}

TEST_CASE("a version that is refused is not asked for again within the hour") {
  VersionChoice choice(Protocol::kAuto);
  const VersionChoice::Clock::time_point start{};
  REQUIRE(choice.begin(start) == Version::kV5);
  choice.refused(start);
  CHECK(choice.falls_back());
  REQUIRE(choice.begin(start) == Version::kV311);
  choice.accepted(start);
  CHECK_FALSE(choice.falls_back());
  CHECK(choice.begin(start + std::chrono::minutes(59)) == Version::kV311);
  CHECK(choice.begin(start + std::chrono::minutes(61)) == Version::kV5);
}

TEST_CASE("a broker that refuses both versions is asked with each in turn") {
  VersionChoice choice(Protocol::kAuto);
  const VersionChoice::Clock::time_point start{};
  for (int i = 0; i < 3; ++i) {
    REQUIRE(choice.begin(start) == Version::kV5);
    choice.refused(start);
    REQUIRE(choice.begin(start) == Version::kV311);
    choice.refused(start);
  }
}

TEST_CASE("a closed connection says nothing of the next one, silence does when it came twice") {
  VersionChoice choice(Protocol::kAuto);
  const VersionChoice::Clock::time_point start{};
  const auto connect_with_old = [&](void (VersionChoice::*why)()) {
    REQUIRE(choice.begin(start) == Version::kV5);
    (choice.*why)();
    REQUIRE(choice.begin(start) == Version::kV311);
    choice.accepted(start);
  };
  for (int i = 0; i < 3; ++i) connect_with_old(&VersionChoice::closed);
  connect_with_old(&VersionChoice::silent);
  connect_with_old(&VersionChoice::silent);
  CHECK(choice.begin(start) == Version::kV311);
}

TEST_CASE("subscriptions are known again, by their session alone") {
  std::vector<char> memory(KnownSubscriptions::kBytes);
  {
    KnownSubscriptions known;
    known.resume(memory.data(), 1);
    known.ask_for({"dev/#", "$share/g/uns/#"});
    known.granted({"dev/#"});
  }
  KnownSubscriptions known;
  known.resume(memory.data(), 1);
  CHECK(known.granted_of({"dev/#"}) == std::vector<std::string>{"dev/#"});
  CHECK(known.granted_of({"dev/#", "$share/g/uns/#"}).size() == 1);
  CHECK(known.beside({"dev/#", "plant/#"}) == std::vector<std::string>{"$share/g/uns/#"});
  known.left({"$share/g/uns/#"});
  CHECK(known.beside({}) == std::vector<std::string>{"dev/#"});
  known.resume(memory.data(), 2);
  CHECK(known.empty());
}

TEST_CASE("subscriptions are known after a kill at any byte of their storing") {
  std::vector<char> before(KnownSubscriptions::kBytes);
  KnownSubscriptions known;
  known.resume(before.data(), 1);
  known.ask_for({"a", "b"});
  std::vector<char> memory = before, after;
  known.resume(memory.data(), 1);
  known.ask_for({"c"});
  after = memory;
  // Of the copy that was being written any part may be there, and the other one is as it was.
  const size_t half = KnownSubscriptions::kBytes / 2;
  for (size_t written = 0; written < 64; ++written) {
    std::vector<char> torn = before;
    for (const size_t start : {size_t{0}, half}) {
      if (std::memcmp(before.data() + start, std::vector<char>(16).data(), 16) != 0) continue;
      std::memcpy(torn.data() + start + 8, after.data() + start + 8, written);
    }
    KnownSubscriptions found;
    found.resume(torn.data(), 1);
    CHECK(found.beside({}) == std::vector<std::string>{"a", "b"});
  }
}

TEST_CASE("more topics than can be remembered are told, and harm nothing") {
  std::vector<char> memory(KnownSubscriptions::kBytes);
  KnownSubscriptions known;
  known.resume(memory.data(), 1);
  CHECK_FALSE(known.ask_for({std::string(40'000, 'a')}));
  KnownSubscriptions found;
  found.resume(memory.data(), 1);
  CHECK(found.empty());
}

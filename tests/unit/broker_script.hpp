// A broker's and an intake's side of an MqttClient, without sockets and clocks: packets go in as
// bytes, time by hand.
#pragma once

#include <penstock/context.hpp>
#include <penstock/testing/host.hpp>

#include <algorithm>
#include <chrono>
#include <cstring>
#include <functional>
#include <optional>
#include <string>
#include <vector>
#include "catch.hpp"

#include "mqtt_client.hpp"

using namespace mqtt_source;
using namespace std::chrono_literals;
using namespace std::string_literals;

// ---- Packets of MQTT 5

inline std::string packet(uint8_t first, const std::string& body) {
  std::string bytes(1, static_cast<char>(first));
  size_t length = body.size();
  do {
    bytes += static_cast<char>(length % 128 | (length >= 128 ? 128 : 0));
    length /= 128;
  } while (length);
  return bytes + body;
}

inline std::string u16(size_t value) {
  return {static_cast<char>(value >> 8), static_cast<char>(value & 0xFF)};
}

inline std::string connack(uint8_t code = 0, bool session = false, const std::string& more = "") {
  return packet(0x20, std::string(1, session ? '\1' : '\0') + static_cast<char>(code) +
                          static_cast<char>(more.size()) + more);
}
inline std::string suback(const std::string& codes = "\2") {
  return packet(0x90, u16(65'535) + "\0"s + codes);
}

inline std::string publish(size_t id, const std::string& payload, int qos = 1, bool dup = false,
                           const std::string& topic = "dev/a") {
  return packet(static_cast<uint8_t>(0x30 | (dup ? 8 : 0) | qos << 1),
                u16(topic.size()) + topic + (qos > 0 ? u16(id) : "") + "\0"s + payload);
}
inline std::string puback(size_t id) { return "\x40\2"s + u16(id); }
inline std::string pubrec(size_t id) { return "\x50\2"s + u16(id); }
inline std::string pubrel(size_t id) { return "\x62\2"s + u16(id); }
inline std::string pubcomp(size_t id) { return "\x70\2"s + u16(id); }
inline const std::string kPing = "\xC0\0"s, kPong = "\xD0\0"s, kGoodbye = "\xE0\0"s;
inline const std::string kSubscription =
    "\x82\x0B"s + u16(65'535) + "\0"s + u16(5) + "dev/#\x12"s;  // retain handling 1

// ---- The two sides

inline Options client_options() {
  Options options;
  options.broker_url = "tcp://broker:1883";
  options.client_id = "plant-1";
  options.topics = {"dev/#"};
  options.qos = 2;
  options.session_expiry = 1h;
  options.keep_alive = 30s;
  options.connect_timeout = 10s;
  options.max_message_bytes = {1 << 20};
  options.max_topic_bytes = 100;
  return options;
}

inline penstock::testing::Settings client_settings(int32_t intake) {
  penstock::testing::Settings settings;
  settings.intake = intake;
  return settings;
}

struct BrokerScript {
  using Event = MqttClient::Event;

  const Options options;
  penstock::testing::Host host;
  penstock::Context context;
  MqttClient client;

  MqttClient::Clock::time_point now{1h};
  uint64_t safe = 0;                // position of the intake
  std::optional<size_t> room;       // of the intake, in messages, at each append
  std::function<bool()> when_full;  // false: the source stops
  std::vector<std::string> taken;   // payloads
  std::vector<size_t> appends;      // sizes
  std::string sent_at_once;         // by kSend
  int subscriptions = 0;

  explicit BrokerScript(int32_t intake = PENSTOCK_INTAKE_DISK, Options with = client_options())
      : options(std::move(with)),
        host(client_settings(intake)),
        context(*host.settings().c(), host.functions(), host.context()),
        client(options, context, 0, options.client_id) {}

  void connect() {
    client.connect(now);
    REQUIRE(sent().starts_with("\x10"));
  }
  // The same, up to SUBACK.
  void subscribe(bool session = false) {
    connect();
    REQUIRE(send(connack(0, session)) == Event::kNone);
    sent();
    REQUIRE(send(suback()) == Event::kNone);
  }

  // The broker sends these bytes, which come in one read.
  Event send(const std::string& bytes) {
    size_t at = 0;
    Event last = Event::kNone;
    while (at < bytes.size() && last != Event::kEnded) {
      const std::span<char> space = client.space();
      const size_t count = std::min(space.size(), bytes.size() - at);
      std::memcpy(space.data(), bytes.data() + at, count);
      client.received(count, now);
      at += count;
      last = handle();
    }
    return last;
  }

  // What the client sends by now.
  std::string sent() {
    const std::string bytes(client.to_send(safe, now));
    client.sent(bytes.size(), now);
    return bytes;
  }

  Event pass(std::chrono::nanoseconds time, bool reads = true) {
    now += time;
    return client.tick(now, reads);
  }

 private:
  Event handle() {
    while (true) {
      switch (const Event event = client.next()) {
        case Event::kMessages: append(); break;
        case Event::kSend: sent_at_once += sent(); break;
        case Event::kSubscribed: ++subscriptions; break;
        default: return event;
      }
    }
  }
  void append() {
    client.set_received(7);
    while (!append_once()) {
      if (when_full && !when_full()) return client.drop_messages();
    }
  }
  bool append_once() {
    const auto messages = client.messages();
    const size_t count = std::min(messages.size(), room.value_or(messages.size()));
    const uint64_t begin = taken.size();
    client.appending(begin);
    for (const penstock_source_message& each : messages.first(count)) {
      taken.emplace_back(each.payload.data, each.payload.size);
      CHECK(each.received_us == 7);
    }
    appends.push_back(count);
    client.appended(begin, count, taken.size());
    return count == messages.size();
  }
};

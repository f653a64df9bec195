#include "packets.hpp"

#include <algorithm>
#include <cstdio>
#include <utility>

namespace mqtt_source {
namespace {

// ---- Writing ----

void put_u16(std::string& to, size_t value) {
  to += static_cast<char>(value >> 8);
  to += static_cast<char>(value & 0xFF);
}

void put_u32(std::string& to, uint32_t value) {
  put_u16(to, value >> 16);
  put_u16(to, value & 0xFFFF);
}

void put_text(std::string& to, std::string_view text) {
  put_u16(to, text.size());
  to += text;
}

void put_length(std::string& to, size_t length) {
  do {
    const auto digit = static_cast<unsigned char>(length % 128);
    length /= 128;
    to += static_cast<char>(length ? digit | 0x80 : digit);
  } while (length);
}

void put_packet(std::string& to, PacketType type, uint8_t flags, const std::string& body) {
  to += static_cast<char>(static_cast<uint8_t>(type) << 4 | flags);
  put_length(to, body.size());
  to += body;
}

// ---- Reading ----

// Reads fields from the front of a body. After the first one that is missing, all are empty.
class BodyReader {
 public:
  explicit BodyReader(std::span<const char> body) : rest_(body.data(), body.size()) {}

  bool ok() const { return ok_; }
  bool empty() const { return rest_.empty(); }
  std::string_view rest() const { return rest_; }

  std::string_view bytes(size_t count) {
    if (count > rest_.size()) {
      ok_ = false;
      rest_ = {};
      return {};
    }
    const std::string_view taken = rest_.substr(0, count);
    rest_.remove_prefix(count);
    return taken;
  }
  uint32_t number(size_t size) {
    uint32_t value = 0;
    for (const char c : bytes(size)) value = value << 8 | static_cast<uint8_t>(c);
    return value;
  }
  uint8_t u8() { return static_cast<uint8_t>(number(1)); }
  uint16_t u16() { return static_cast<uint16_t>(number(2)); }
  std::string_view text() { return bytes(u16()); }
  size_t length() {
    size_t value = 0;
    for (int shift = 0; shift < 28; shift += 7) {
      const uint8_t byte = u8();
      value |= static_cast<size_t>(byte & 0x7F) << shift;
      if (!(byte & 0x80)) return value;
    }
    ok_ = false;
    return 0;
  }

 private:
  std::string_view rest_;
  bool ok_ = true;
};

// The properties that matter here (MQTT 5 §2.2.2.2).
constexpr uint8_t kPayloadFormat = 0x01;
constexpr uint8_t kMessageExpiry = 0x02;
constexpr uint8_t kContentType = 0x03;
constexpr uint8_t kResponseTopic = 0x08;
constexpr uint8_t kCorrelationData = 0x09;
constexpr uint8_t kSubscriptionIdentifier = 0x0B;
constexpr uint8_t kSessionExpiry = 0x11;
constexpr uint8_t kServerKeepAlive = 0x13;
constexpr uint8_t kServerReference = 0x1C;
constexpr uint8_t kReasonString = 0x1F;
constexpr uint8_t kReceiveMaximum = 0x21;
constexpr uint8_t kTopicAlias = 0x23;
constexpr uint8_t kUserProperty = 0x26;
constexpr uint8_t kWildcardsAvailable = 0x28;
constexpr uint8_t kSharedAvailable = 0x2A;

struct Properties {
  std::optional<uint16_t> keep_alive_s;
  std::optional<uint32_t> session_expiry_s;
  bool has_wildcards = true, has_shared_subscriptions = true;
  std::string reason, server_reference;
};

// Reads or skips a property's value. False: there is no such property.
bool read_property(BodyReader& fields, uint8_t id, Properties& to) {
  switch (id) {
    case kServerKeepAlive: to.keep_alive_s = fields.u16(); return true;
    case kSessionExpiry: to.session_expiry_s = fields.number(4); return true;
    case kWildcardsAvailable: to.has_wildcards = fields.u8() != 0; return true;
    case kSharedAvailable: to.has_shared_subscriptions = fields.u8() != 0; return true;
    case kReasonString: to.reason = fields.text(); return true;
    case kServerReference: to.server_reference = fields.text(); return true;
    case kPayloadFormat:
    case 0x17:
    case 0x19:
    case 0x24:
    case 0x25:
    case 0x29: fields.bytes(1); return true;
    case kReceiveMaximum:
    case 0x22:
    case kTopicAlias: fields.bytes(2); return true;
    case kMessageExpiry:
    case 0x18:
    case 0x27: fields.bytes(4); return true;
    case kSubscriptionIdentifier: fields.length(); return true;
    case kContentType:
    case kResponseTopic:
    case kCorrelationData:
    case 0x12:
    case 0x15:
    case 0x16:
    case 0x1A: fields.text(); return true;
    case kUserProperty:
      fields.text();
      fields.text();
      return true;
    default: return false;
  }
}

bool read_properties(BodyReader& fields, Properties& to) {
  const size_t length = fields.length();
  BodyReader properties(fields.bytes(length));
  while (fields.ok() && properties.ok() && !properties.empty()) {
    if (!read_property(properties, properties.u8(), to)) return false;
  }
  return fields.ok() && properties.ok();
}

}  // namespace

void put_connect(std::string& to, const ConnectRequest& request) {
  constexpr uint8_t kClean = 0x02, kPassword = 0x40, kUsername = 0x80;
  const bool login = !request.username.empty();
  std::string body;
  put_text(body, "MQTT");
  body += static_cast<char>(request.version);
  body += static_cast<char>((request.clean ? kClean : 0) | (login ? kUsername | kPassword : 0));
  put_u16(body, request.keep_alive_s);
  if (request.version == Version::kV5) {
    std::string properties;
    properties += static_cast<char>(kSessionExpiry);
    put_u32(properties, request.session_expiry_s);
    // Without it, a broker's window is 20 to 32 messages.
    properties += static_cast<char>(kReceiveMaximum);
    put_u16(properties, 0xFFFF);
    put_length(body, properties.size());
    body += properties;
  }
  put_text(body, request.client_id);
  if (login) {
    put_text(body, request.username);
    put_text(body, request.password);
  }
  put_packet(to, PacketType::kConnect, 0, body);
}

void put_subscribe(std::string& to, Version version, const std::vector<std::string>& topics,
                   uint8_t qos, Retained retained) {
  std::string body;
  put_u16(body, kSubscribeId);
  if (version == Version::kV5) put_length(body, 0);
  // MQTT 5 §3.8.3.1, Retain Handling.
  const int options = version == Version::kV5 ? qos | static_cast<int>(retained) << 4 : qos;
  for (const std::string& topic : topics) {
    put_text(body, topic);
    body += static_cast<char>(options);
  }
  put_packet(to, PacketType::kSubscribe, 0x02, body);
}

void put_unsubscribe(std::string& to, Version version, const std::vector<std::string>& topics) {
  std::string body;
  put_u16(body, kUnsubscribeId);
  if (version == Version::kV5) put_length(body, 0);
  for (const std::string& topic : topics) put_text(body, topic);
  put_packet(to, PacketType::kUnsubscribe, 0x02, body);
}

void put_disconnect(std::string& to, Version version, uint8_t reason) {
  const bool says_why = version == Version::kV5 && reason != kNormalDisconnection;
  put_packet(to, PacketType::kDisconnect, 0,
             says_why ? std::string(1, static_cast<char>(reason)) : "");
}

std::optional<Connack> read_connack(const Packet& packet, Version version) {
  BodyReader fields(packet.body);
  Connack connack;
  connack.session_present = fields.u8() & 1;
  connack.code = fields.u8();
  // A broker without MQTT 5 answers in the form of 3.1.1.
  if (version == Version::kV5 && !fields.empty()) {
    Properties properties;
    if (!read_properties(fields, properties)) return std::nullopt;
    connack.keep_alive_s = properties.keep_alive_s;
    connack.session_expiry_s = properties.session_expiry_s;
    connack.has_wildcards = properties.has_wildcards;
    connack.has_shared_subscriptions = properties.has_shared_subscriptions;
    connack.reason = std::move(properties.reason);
    connack.server_reference = std::move(properties.server_reference);
  }
  if (!fields.ok()) return std::nullopt;
  return connack;
}

std::optional<Publish> read_publish(const Packet& packet, Version version) {
  BodyReader fields(packet.body);
  Publish publish;
  publish.qos = packet.flags >> 1 & 3;
  publish.dup = packet.flags & 8;
  publish.retained = packet.flags & 1;
  publish.topic = fields.text();
  if (publish.qos > 0) publish.id = fields.u16();
  const bool known = publish.qos < 3 && (publish.qos == 0 || publish.id != 0);
  if (!fields.ok() || !known || publish.topic.empty()) return std::nullopt;
  if (packet.oversize) return publish;
  if (version == Version::kV5) {
    // Parsed by read_attributes, if they are wanted; most messages have none.
    const size_t length = fields.length();
    publish.properties = fields.bytes(length);
    if (!fields.ok()) return std::nullopt;
  }
  publish.payload = fields.rest();
  return publish;
}

bool read_attributes(std::string_view properties, Attributes& to) {
  BodyReader fields(properties);
  while (fields.ok() && !fields.empty()) {
    const uint8_t id = fields.u8();
    // A second one of the others is a protocol error (MQTT 5 §3.3.2.3).
    const bool may_repeat = id == kUserProperty || id == kSubscriptionIdentifier;
    if (!may_repeat && !to.is_first(id)) {
      to.clear();
      return false;
    }
    switch (id) {
      case kPayloadFormat: to.number("payload_format_indicator", fields.u8()); break;
      case kMessageExpiry: to.number("message_expiry_interval", fields.number(4)); break;
      case kContentType: to.text("content_type", fields.text()); break;
      case kResponseTopic: to.text("response_topic", fields.text()); break;
      case kCorrelationData: to.bytes("correlation_data", fields.text()); break;
      case kUserProperty: {
        const std::string_view name = fields.text();
        to.user(name, fields.text());
        break;
      }
      // Numbers between broker and client, which say nothing about the message.
      case kSubscriptionIdentifier: fields.length(); break;
      case kTopicAlias: fields.u16(); break;
      default: to.clear(); return false;
    }
  }
  if (!fields.ok()) to.clear();
  return fields.ok();
}

std::optional<Suback> read_suback(const Packet& packet, Version version) {
  BodyReader fields(packet.body);
  fields.u16();
  Properties properties;
  if (version == Version::kV5 && !read_properties(fields, properties)) return std::nullopt;
  if (!fields.ok()) return std::nullopt;
  return Suback{{fields.rest().begin(), fields.rest().end()}, std::move(properties.reason)};
}

std::optional<std::vector<uint8_t>> read_unsuback(const Packet& packet, Version version) {
  const std::optional<Suback> same = read_suback(packet, version);
  if (!same) return std::nullopt;
  return same->codes;
}

std::optional<uint16_t> read_pubrel(const Packet& packet) {
  BodyReader fields(packet.body);
  const uint16_t id = fields.u16();
  if (!fields.ok() || id == 0) return std::nullopt;
  return id;
}

std::optional<Disconnect> read_disconnect(const Packet& packet) {
  BodyReader fields(packet.body);
  Disconnect disconnect;
  if (fields.empty()) return disconnect;
  disconnect.code = fields.u8();
  if (!fields.empty()) {
    Properties properties;
    if (!read_properties(fields, properties)) return std::nullopt;
    disconnect.reason = std::move(properties.reason);
    disconnect.server_reference = std::move(properties.server_reference);
  }
  return disconnect;
}

std::string code_text(uint8_t code, Version version) {
  static constexpr std::pair<uint8_t, const char*> kV311[] = {
      {1, "it does not support this version of MQTT"},
      {2, "client_id not allowed"},
      {3, "server unavailable"},
      {4, "wrong username or password"},
      {5, "not authorised"},
      {0x80, "refused"},
  };
  static constexpr std::pair<uint8_t, const char*> kV5[] = {
      {0x80, "unspecified error"},
      {0x81, "malformed packet"},
      {0x82, "protocol error"},
      {0x83, "implementation-specific error"},
      {0x84, "it does not support this version of MQTT"},
      {0x85, "client_id not allowed"},
      {0x86, "wrong username or password"},
      {0x87, "not authorised"},
      {0x88, "server unavailable"},
      {0x89, "the server is busy"},
      {0x8A, "banned"},
      {0x8B, "the server is shutting down"},
      {0x8C, "bad authentication method"},
      {0x8D, "keep-alive timeout"},
      {0x8E, "another client took over the session: is the client_id in use twice?"},
      {0x8F, "invalid topic filter"},
      {0x90, "invalid topic name"},
      {0x93, "receive maximum exceeded"},
      {0x95, "packet too large"},
      {0x96, "message rate too high"},
      {0x97, "quota exceeded"},
      {0x98, "administrative action"},
      {0x9B, "QoS not supported"},
      {0x9C, "use another server"},
      {0x9D, "the server has moved"},
      {0x9E, "shared subscriptions are not supported"},
      {0x9F, "connection rate exceeded"},
      {0xA0, "maximum connect time"},
      {0xA1, "subscription identifiers are not supported"},
      {0xA2, "wildcard subscriptions are not supported"},
  };
  using Codes = std::span<const std::pair<uint8_t, const char*>>;
  const Codes known = version == Version::kV5 && code >= 0x80 ? Codes(kV5) : Codes(kV311);
  const auto found = std::find_if(known.begin(), known.end(),
                                  [&](const auto& each) { return each.first == code; });
  char number[24];
  std::snprintf(number, sizeof(number), " (code 0x%02X)", code);
  return std::string(found == known.end() ? "unknown reason" : found->second) + number;
}

}  // namespace mqtt_source

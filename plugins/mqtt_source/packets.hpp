// The control packets that a subscriber sends and receives (MQTT 3.1.1 §3, MQTT 5 §3).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "attributes.hpp"
#include "options.hpp"
#include "packet_stream.hpp"

namespace mqtt_source {

enum class Version : uint8_t { kV311 = 4, kV5 = 5 };

// ---- Sent ----

struct ConnectRequest {
  Version version = Version::kV5;
  std::string_view client_id, username, password;  // without a username neither is sent
  bool clean = false;
  uint16_t keep_alive_s = 0;
  uint32_t session_expiry_s = 0;  // MQTT 5
};
void put_connect(std::string& to, const ConnectRequest& request);

// The highest ones: brokers that don't keep the two sides' identifiers apart refuse one that they
// use themselves (Mochi 2.7: 0x91 while messages wait).
constexpr uint16_t kSubscribeId = 65'535, kUnsubscribeId = 65'534;
void put_subscribe(std::string& to, Version version, const std::vector<std::string>& topics,
                   uint8_t qos, Retained retained);
void put_unsubscribe(std::string& to, Version version, const std::vector<std::string>& topics);

// PUBACK, PUBREC or PUBCOMP, with success.
inline void put_acknowledgement(std::string& to, PacketType type, uint16_t id) {
  const char packet[4] = {static_cast<char>(static_cast<uint8_t>(type) << 4), 2,
                          static_cast<char>(id >> 8), static_cast<char>(id & 0xFF)};
  to.append(packet, sizeof(packet));
}

inline constexpr std::string_view kPingreq{"\xC0\0", 2};
void put_disconnect(std::string& to, Version version, uint8_t reason);

inline constexpr uint8_t kNormalDisconnection = 0x00;
inline constexpr uint8_t kMalformedPacket = 0x81;
inline constexpr uint8_t kSessionTakenOver = 0x8E;

// ---- Received; nullopt: the packet is malformed ----

struct Connack {
  bool session_present = false;
  uint8_t code = 0;  // 0: accepted
  // MQTT 5.
  std::optional<uint16_t> keep_alive_s;      // overrides ours
  std::optional<uint32_t> session_expiry_s;  // overrides ours
  bool has_wildcards = true, has_shared_subscriptions = true;
  std::string reason;            // in the server's words
  std::string server_reference;  // the server to use instead
};
std::optional<Connack> read_connack(const Packet& packet, Version version);

struct Publish {
  std::string_view topic;
  std::string_view payload;
  uint16_t id = 0;  // qos 1 and 2
  uint8_t qos = 0;
  bool dup = false;
  bool retained = false;
  std::string_view properties;  // MQTT 5: as in the packet
};
// The packet type that acknowledges a message of QoS 1 or 2.
inline PacketType answer_to(const Publish& publish) {
  return publish.qos == 2 ? PacketType::kPubrec : PacketType::kPuback;
}
// Of an oversize packet only topic and id are valid.
std::optional<Publish> read_publish(const Packet& packet, Version version);
// The properties of a PUBLISH. False: they are malformed, and `to` is empty.
bool read_attributes(std::string_view properties, Attributes& to);

struct Suback {
  std::vector<uint8_t> codes;  // of each subscription: the QoS granted, or a refusal
  std::string reason;          // MQTT 5
};
std::optional<Suback> read_suback(const Packet& packet, Version version);
constexpr uint8_t kSubscriptionRefused = 0x80;  // and above (MQTT 3.1.1 §3.9.3, MQTT 5 §3.9.3)

// The code of each topic; 3.1.1 has none.
std::optional<std::vector<uint8_t>> read_unsuback(const Packet& packet, Version version);

std::optional<uint16_t> read_pubrel(const Packet& packet);

struct Disconnect {
  uint8_t code = 0;
  std::string reason, server_reference;
};
std::optional<Disconnect> read_disconnect(const Packet& packet);

// The meaning of a code in CONNACK, SUBACK or DISCONNECT. A broker without MQTT 5 answers a CONNECT
// for it with a code of 3.1.1.
std::string code_text(uint8_t code, Version version);

}  // namespace mqtt_source

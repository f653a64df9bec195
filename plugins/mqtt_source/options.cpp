#include "options.hpp"

#include <penstock/plugin.hpp>

#include "broker_address.hpp"

namespace mqtt_source {

using penstock::option;

std::vector<penstock::Option> option_table() {
  return {
      option<&Options::broker_url>("broker_url",
                                   {.help = "tcp://host:port, ssl://host:port, ws:// or wss://.",
                                    .default_value = "tcp://localhost:1883",
                                    .identity = true}),
      option<&Options::client_id>(
          "client_id",
          {.help = "Session name, unique on the broker; penstock sessions --forget ends "
                   "one that is no longer used.",
           .required = true,
           .identity = true,
           .session = true}),
      option<&Options::topics>("topics",
                               {.help = "Topic filters; $share/group/filter shares the messages "
                                        "among the group.",
                                .required = true}),
      option<&Options::qos>(
          "qos", {.help = "Quality of service.", .default_value = "1", .min = 0, .max = 2}),
      option<&Options::clean_session>(
          "clean_session",
          {.help = "true: the broker forgets us when we disconnect.", .default_value = "false"}),
      option<&Options::receiver>(
          "receiver", {.help = "bulk: reads in large pieces; paho: Eclipse Paho, for web "
                               "sockets; auto: bulk where it covers broker_url.",
                       .default_value = "auto",
                       .choices = "auto,bulk,paho"}),
      option<&Options::protocol>(
          "protocol", {.help = "Version of MQTT; auto: 5, or 3.1.1 if the broker does not "
                               "take it.",
                       .default_value = "auto",
                       .choices = "auto,3.1.1,5"}),
      option<&Options::retained>(
          "retained", {.help = "Messages that the broker retains: all with each connection, those "
                               "of a new subscription, or none (skip).",
                       .default_value = "new",
                       .choices = "all,new,skip"}),
      option<&Options::session_expiry>("session_expiry",
                                       {.help = "MQTT 5: how long the broker keeps the session.",
                                        .default_value = "7d",
                                        .min = 0,
                                        .max = 4'294'967'295}),
      option<&Options::username>("username", {.help = "User, if the broker needs one."}),
      option<&Options::password>("password", {.help = "Password, if it needs one."}),
      option<&Options::keep_alive>("keep_alive",
                                   {.help = "Within this time each side hears of the other.",
                                    .default_value = "30s",
                                    .min = 1,
                                    .max = 65535}),
      option<&Options::connect_timeout>("connect_timeout",
                                        {.help = "The longest an attempt to connect may take.",
                                         .default_value = "10s",
                                         .min = 1,
                                         .max = 600}),
      option<&Options::connections>(
          "connections", {.help = "bulk: connections that share the topics, for more than "
                                  "one core; all topics must be $share/….",
                          .default_value = "1",
                          .min = 1,
                          .max = 64}),
      option<&Options::coalesce>(
          "coalesce", {.help = "bulk: how long messages may gather for one read when they "
                               "come fast and one by one; 0s: not at all.",
                       .default_value = "1ms",
                       .min = 0,
                       .max = 1}),
      option<&Options::max_message_bytes>("max_message_bytes",
                                          {.help = "A larger message is skipped and counted.",
                                           .default_value = "16MiB",
                                           .min = 1024,
                                           .max = 268'435'455}),
      option<&Options::max_topic_bytes>(
          "max_topic_bytes", {.help = "A message with a longer topic is skipped and counted.",
                              .default_value = "65535",
                              .unit = "bytes",
                              .min = 64,
                              .max = 65'535}),
      option<&Options::tls_ca>("tls_ca", {.help = "File of the CA that the broker is of."}),
      option<&Options::tls_cert>("tls_cert", {.help = "File of the client's certificate."}),
      option<&Options::tls_key>("tls_key", {.help = "File of its key."}),
      option<&Options::tls_key_password>("tls_key_password", {.help = "Password of the key."}),
      option<&Options::tls_verify>(
          "tls_verify",
          {.help = "false: take any certificate from the broker.", .default_value = "true"}),
      option<&Options::alpn>("alpn", {.help = "Protocols to offer in the TLS handshake, such as "
                                              "mqtt, where the broker asks for that (ALPN)."}),
  };
}

std::vector<penstock::Metric> metric_table() {
  return {
      {PENSTOCK_FLAG, "mqtt_connected", "connected", "1 when connected and subscribed."},
      {PENSTOCK_LABEL, nullptr, "broker", "The broker's address."},
      {PENSTOCK_COUNTER, "mqtt_messages_received_total", "messages_received",
       "Messages received from the broker."},
      {PENSTOCK_COUNTER, "mqtt_connections_lost_total", "connections_lost",
       "Times that the connection broke."},
      {PENSTOCK_COUNTER, "mqtt_messages_repeated_total", "messages_repeated",
       "Messages that the broker sent again and that the intake had already."},
      {PENSTOCK_COUNTER, "mqtt_messages_oversize_total", "messages_oversize",
       "Messages beyond max_message_bytes or max_topic_bytes, which were skipped."},
      {PENSTOCK_COUNTER, "mqtt_topics_mended_total", "topics_mended",
       "Topics that were not UTF-8; what was wrong became U+FFFD."},
      {PENSTOCK_COUNTER, "mqtt_protocol_errors_total", "protocol_errors",
       "Times that the broker sent what is not MQTT."},
      {PENSTOCK_LABEL, nullptr, "protocol", "Version of MQTT, and why it is not 5."},
      {PENSTOCK_LABEL, nullptr, "granted", "What the broker grants."},
      {PENSTOCK_COUNTER, "mqtt_messages_retained_skipped_total", "messages_retained_skipped",
       "Retained messages that were skipped, as the option retained says."},
  };
}

ReceiverKind kind_of(const Options& options) {
  if (options.receiver != ReceiverKind::kAuto) return options.receiver;
  const auto address = BrokerAddress::parse(options.broker_url);
  return address && address->web_socket ? ReceiverKind::kPaho : ReceiverKind::kBulk;
}

}  // namespace mqtt_source

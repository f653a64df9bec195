#include "options.hpp"

#include <penstock/plugin.hpp>

#include "broker_address.hpp"

namespace mqtt_source {

using penstock::option;

namespace {

std::vector<penstock::Option> tls_options() {
  return {
      option<&Options::tls_ca>("tls_ca", {.help = "PEM file of the CA that signed the broker's "
                                                  "certificate; default: the system's CAs."}),
      option<&Options::tls_cert>("tls_cert",
                                 {.help = "PEM file of the client certificate and its chain."}),
      option<&Options::tls_key>("tls_key",
                                {.help = "PEM file of the client certificate's private key."}),
      option<&Options::tls_key_password>("tls_key_password",
                                         {.help = "Password of the private key."}),
      option<&Options::tls_verify>(
          "tls_verify",
          {.help = "false: accept any certificate from the broker.", .default_value = "true"}),
      option<&Options::alpn>("alpn", {.help = "Protocols to offer in the TLS handshake (ALPN), "
                                              "such as mqtt, for brokers that require it."}),
  };
}

}  // namespace

std::vector<penstock::Option> option_table() {
  std::vector<penstock::Option> options = {
      option<&Options::broker_url>(
          "broker_url", {.help = "Address: tcp://host:port, ssl://host:port, ws:// or wss://.",
                         .default_value = "tcp://localhost:1883",
                         .identity = true}),
      option<&Options::client_id>(
          "client_id", {.help = "Client identifier, unique on the broker; penstock sessions "
                                "--forget ends the session of one that is no longer used.",
                        .required = true,
                        .identity = true,
                        .session = true}),
      option<&Options::topics>(
          "topics",
          {.help =
               "Topic filters; with $share/group/filter the group's members share the messages.",
           .required = true}),
      option<&Options::qos>("qos", {.help = "Quality of service to subscribe with.",
                                    .default_value = "1",
                                    .min = 0,
                                    .max = 2}),
      option<&Options::clean_session>("clean_session",
                                      {.help = "true: the session ends with its connection, and "
                                               "messages sent while disconnected are lost.",
                                       .default_value = "false"}),
      option<&Options::receiver>(
          "receiver", {.help = "bulk: Penstock's own, for tcp:// and ssl://; paho: Eclipse Paho, "
                               "also for ws:// and wss://; auto: bulk where possible.",
                       .default_value = "auto",
                       .choices = "auto,bulk,paho"}),
      option<&Options::protocol>(
          "protocol", {.help = "MQTT version; auto: 5, or 3.1.1 if the broker does not support 5.",
                       .default_value = "auto",
                       .choices = "auto,3.1.1,5"}),
      option<&Options::retained>("retained",
                                 {.help = "Retained messages to accept: all on every connection, "
                                          "only those of a new subscription, or none (skip).",
                                  .default_value = "new",
                                  .choices = "all,new,skip"}),
      option<&Options::session_expiry>(
          "session_expiry",
          {.help = "MQTT 5: how long the broker keeps the session after a disconnect.",
           .default_value = "7d",
           .min = 0,
           .max = 4'294'967'295}),
      option<&Options::username>("username", {.help = "Username, if the broker requires one."}),
      option<&Options::password>("password", {.help = "Password of that user."}),
      option<&Options::keep_alive>("keep_alive",
                                   {.help = "Keep-alive interval; after one and a half times this "
                                            "in silence the connection is considered lost.",
                                    .default_value = "30s",
                                    .min = 1,
                                    .max = 65535}),
      option<&Options::connect_timeout>("connect_timeout",
                                        {.help = "Longest time a connection attempt may take.",
                                         .default_value = "10s",
                                         .min = 1,
                                         .max = 600}),
      option<&Options::connections>("connections",
                                    {.help = "bulk: connections that share the topics, to use more "
                                             "than one core; all topics must be $share/….",
                                     .default_value = "1",
                                     .min = 1,
                                     .max = 64}),
      option<&Options::coalesce>("coalesce",
                                 {.help = "bulk: how long to let messages accumulate before a read "
                                          "when they arrive fast and one by one; 0s: not at all.",
                                  .default_value = "1ms",
                                  .min = 0,
                                  .max = 1}),
      option<&Options::max_message_bytes>("max_message_bytes",
                                          {.help = "Larger messages are skipped and counted.",
                                           .default_value = "16MiB",
                                           .min = 1024,
                                           .max = 268'435'455}),
      option<&Options::max_topic_bytes>(
          "max_topic_bytes", {.help = "Messages with longer topics are skipped and counted.",
                              .default_value = "65535",
                              .unit = "bytes",
                              .min = 64,
                              .max = 65'535}),
  };
  for (const penstock::Option& option : tls_options()) options.push_back(option);
  return options;
}

std::vector<penstock::Metric> metric_table() {
  return {
      {PENSTOCK_FLAG, "mqtt_connected", "connected", "1 when connected and subscribed."},
      {PENSTOCK_LABEL, nullptr, "broker", "The broker's address."},
      {PENSTOCK_COUNTER, "mqtt_messages_received_total", "messages_received",
       "Messages received from the broker."},
      {PENSTOCK_COUNTER, "mqtt_connections_lost_total", "connections_lost", "Connections lost."},
      {PENSTOCK_COUNTER, "mqtt_messages_repeated_total", "messages_repeated",
       "Messages the broker sent again although the intake had them."},
      {PENSTOCK_COUNTER, "mqtt_messages_oversize_total", "messages_oversize",
       "Messages skipped because of max_message_bytes or max_topic_bytes."},
      {PENSTOCK_COUNTER, "mqtt_topics_mended_total", "topics_mended",
       "Topics that were not valid UTF-8; U+FFFD replaces each invalid byte."},
      {PENSTOCK_COUNTER, "mqtt_protocol_errors_total", "protocol_errors",
       "Connections ended because the broker sent invalid MQTT, and messages accepted without "
       "their "
       "MQTT properties because these were invalid."},
      {PENSTOCK_LABEL, nullptr, "protocol", "MQTT version in use, and why it is not 5."},
      {PENSTOCK_LABEL, nullptr, "granted", "What the broker granted."},
      {PENSTOCK_COUNTER, "mqtt_messages_retained_skipped_total", "messages_retained_skipped",
       "Messages skipped because of the option retained."},
      {PENSTOCK_COUNTER, "mqtt_messages_bare_total", "messages_bare",
       "paho: messages accepted without attributes, or with an invalid topic, because memory ran "
       "out."},
  };
}

ReceiverKind kind_of(const Options& options) {
  if (options.receiver != ReceiverKind::kAuto) return options.receiver;
  const auto address = BrokerAddress::parse(options.broker_url);
  return address && address->web_socket ? ReceiverKind::kPaho : ReceiverKind::kBulk;
}

}  // namespace mqtt_source

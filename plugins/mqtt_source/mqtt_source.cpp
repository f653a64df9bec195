// mqtt_source: messages from an MQTT broker, by subscriptions.
#include <penstock/plugin.hpp>

#include <string>

#include "options.hpp"
#include "paho_receiver.hpp"

namespace mqtt_source {

using penstock::option;

class MqttSource {
 public:
  using Options = mqtt_source::Options;

  static penstock::Declaration declare() {
    return {
        .name = "mqtt_source",
        .summary = "Subscribes to topics of an MQTT broker (3.1.1 or 5).",
        .options =
            {
                option<&Options::broker_url>(
                    "broker_url", {.help = "tcp://host:port, ssl://host:port, ws:// or wss://.",
                                   .default_value = "tcp://localhost:1883"}),
                option<&Options::client_id>(
                    "client_id", {.help = "Name of the session; one of its kind on the broker.",
                                  .required = true}),
                option<&Options::topics>(
                    "topics", {.help = "Topic filters; $share/group/filter shares the messages "
                                       "among the group.",
                               .required = true}),
                option<&Options::qos>(
                    "qos",
                    {.help = "Quality of service.", .default_value = "1", .min = 0, .max = 2}),
                option<&Options::clean_session>(
                    "clean_session", {.help = "true: the broker forgets us when we disconnect.",
                                      .default_value = "false"}),
                option<&Options::protocol>(
                    "protocol",
                    {.help = "Version of MQTT.", .default_value = "3.1.1", .choices = "3.1.1,5"}),
                option<&Options::session_expiry>(
                    "session_expiry", {.help = "MQTT 5: how long the broker keeps the session.",
                                       .default_value = "7d",
                                       .min = 0,
                                       .max = 4'294'967'295}),
                option<&Options::username>("username", {.help = "User, if the broker needs one."}),
                option<&Options::password>("password", {.help = "Password, if it needs one."}),
                option<&Options::keep_alive>("keep_alive", {.help = "Time between pings.",
                                                            .default_value = "30s",
                                                            .min = 1,
                                                            .max = 65535}),
                option<&Options::connect_timeout>(
                    "connect_timeout", {.help = "The longest an attempt to connect may take.",
                                        .default_value = "10s",
                                        .min = 1,
                                        .max = 600}),
                option<&Options::tls_ca>("tls_ca",
                                         {.help = "File of the CA that the broker is of."}),
                option<&Options::tls_cert>("tls_cert",
                                           {.help = "File of the client's certificate."}),
                option<&Options::tls_key>("tls_key", {.help = "File of its key."}),
                option<&Options::tls_key_password>("tls_key_password",
                                                   {.help = "Password of the key."}),
                option<&Options::tls_verify>(
                    "tls_verify", {.help = "false: take any certificate from the broker.",
                                   .default_value = "true"}),
            },
        .ports = {},
        .metrics = {{PENSTOCK_FLAG, "mqtt_connected", "connected",
                     "1 when connected and subscribed."},
                    {PENSTOCK_LABEL, nullptr, "broker", "The broker's address."},
                    {PENSTOCK_COUNTER, "mqtt_messages_received_total", "messages_received",
                     "Messages received from the broker."},
                    {PENSTOCK_COUNTER, "mqtt_connections_lost_total", "connections_lost",
                     "Times that the connection broke."}},
    };
  }

  static void check(const Options& options, penstock::Report& report) {
    bool known = false;
    for (const char* scheme : {"tcp://", "mqtt://", "ssl://", "mqtts://", "ws://", "wss://"}) {
      known = known || options.broker_url.starts_with(scheme);
    }
    if (!known) {
      report.error("broker_url", "\"" + options.broker_url +
                                     "\" is no broker's address; write tcp://host:1883 or "
                                     "ssl://host:8883");
    }
    if (options.topics.empty()) report.error("topics", "needs at least one topic filter");
    if (options.client_id.empty()) report.error("client_id", "is empty; a session needs a name");
    if (options.tls_cert.empty() != options.tls_key.empty()) {
      report.error("tls_cert", "a client certificate needs both tls_cert and tls_key");
    }
    const bool any_tls =
        !options.tls_ca.empty() || !options.tls_cert.empty() || !options.tls_verify;
    if (any_tls && !options.uses_tls()) {
      report.error("broker_url", "the tls_ options do nothing without ssl:// or wss://");
    }
  }

  MqttSource(const Options& options, penstock::Context& context) : receiver_(options, context) {}

  void start() { receiver_.start(); }
  void stop() { receiver_.stop(); }

 private:
  PahoReceiver receiver_;
};

}  // namespace mqtt_source

PENSTOCK_PLUGIN("mqtt_source", penstock::source<mqtt_source::MqttSource>())

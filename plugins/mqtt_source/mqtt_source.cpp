// mqtt_source: messages from an MQTT broker, by subscriptions.
#include <penstock/file_error.hpp>
#include <penstock/plugin.hpp>
#include <penstock/this_machine.hpp>

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "broker_address.hpp"
#include "bulk_receiver.hpp"
#include "mqtt_text.hpp"
#include "options.hpp"
#include "paho_receiver.hpp"
#include "topic_filter.hpp"
#include "trial.hpp"

namespace mqtt_source {

using penstock::option;

class MqttSource {
 public:
  using Options = mqtt_source::Options;

  static penstock::Declaration declare() {
    return {
        .name = "mqtt_source",
        .summary = "Subscribes to topics of an MQTT broker (3.1.1 or 5).",
        .options = option_table(),
        .ports = {},
        .metrics = metric_table(),
    };
  }
  static void check(const Options& options, penstock::Report& report);
  static void check_connection(const Options& options, penstock::Report& report);

  MqttSource(const Options& options, penstock::Context& context)
      : receiver_(make_receiver(options, context)) {}

  void start() { receiver_->start(); }
  void stop() { receiver_->stop(); }
  void acknowledged(uint64_t position) { receiver_->acknowledged(position); }

 private:
  // "auto": bulk where it covers the address.
  static ReceiverKind kind_of(const Options& options) {
    if (options.receiver != ReceiverKind::kAuto) return options.receiver;
    const auto address = BrokerAddress::parse(options.broker_url);
    return address && address->web_socket ? ReceiverKind::kPaho : ReceiverKind::kBulk;
  }
  static std::unique_ptr<Receiver> make_receiver(const Options& options,
                                                 penstock::Context& context) {
    if (kind_of(options) == ReceiverKind::kPaho) {
      return std::make_unique<PahoReceiver>(options, context);
    }
    return std::make_unique<BulkReceiver>(options, context);
  }
  static std::vector<penstock::Option> option_table();
  static std::vector<penstock::Metric> metric_table();
  static void check_texts(const Options& options, penstock::Report& report);
  static void check_for_no_effect(const Options& options, penstock::Report& report);
  static void check_receiver(const Options& options, penstock::Report& report);
  static void check_tls(const Options& options, const BrokerAddress& address,
                        penstock::Report& report);

  std::unique_ptr<Receiver> receiver_;
};

std::vector<penstock::Option> MqttSource::option_table() {
  return {
      option<&Options::broker_url>("broker_url",
                                   {.help = "tcp://host:port, ssl://host:port, ws:// or wss://.",
                                    .default_value = "tcp://localhost:1883",
                                    .identity = true}),
      option<&Options::client_id>("client_id",
                                  {.help = "Name of the session; one of its kind on the broker.",
                                   .required = true,
                                   .identity = true}),
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
                               "know it (3.1.1 with paho).",
                       .default_value = "auto",
                       .choices = "auto,3.1.1,5"}),
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
  };
}

std::vector<penstock::Metric> MqttSource::metric_table() {
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
  };
}

void MqttSource::check(const Options& options, penstock::Report& report) {
  std::string wrong;
  const auto address = BrokerAddress::parse(options.broker_url, wrong);
  if (!address) report.error("broker_url", wrong);
  if (address && !address->web_socket && address->path.size() > 1) {
    report.warning("broker_url",
                   "the path " + address->path + " is ignored; only ws:// and wss:// use one");
  }
  if (options.topics.empty()) report.error("topics", "needs at least one topic filter");
  for (size_t i = 0; i < options.topics.size(); ++i) {
    const std::string fault = fault_of_filter(options.topics[i]);
    if (fault.empty()) continue;
    // What cannot be shown is named by its place.
    const bool can_be_shown = fault_of_text(options.topics[i]).empty();
    report.error("topics", (can_be_shown ? "\"" + options.topics[i] + "\" "
                                         : "filter " + std::to_string(i + 1) + " ") +
                               fault);
  }
  check_texts(options, report);
  check_receiver(options, report);
  if (address) check_tls(options, *address, report);
  check_for_no_effect(options, report);
}

void MqttSource::check_texts(const Options& options, penstock::Report& report) {
  if (options.client_id.empty()) report.error("client_id", "is empty; a session needs a name");
  // The last connection has the longest name.
  const std::string fault =
      fault_of_text(options.client_id + connection_suffix(options.connections));
  if (!fault.empty()) report.error("client_id", fault + "; choose another name");
  if (const std::string wrong = fault_of_text(options.username); !wrong.empty()) {
    report.error("username", wrong + "; MQTT cannot send it");
  }
  // A password may have any bytes (MQTT 5 §3.1.3.6).
  if (options.password.text.size() > kMostTextBytes) {
    report.error("password", "is longer than 65,535 bytes; MQTT cannot send it");
  }
}

void MqttSource::check_for_no_effect(const Options& options, penstock::Report& report) {
  using namespace std::chrono_literals;
  if (kind_of(options) == ReceiverKind::kPaho) {
    const char* why = "does nothing with the receiver paho; remove it";
    if (options.coalesce != 1ms) report.warning("coalesce", why);
  }
  if (options.protocol == Protocol::kV311 && options.session_expiry != 24h * 7) {
    report.warning("session_expiry",
                   "does nothing with MQTT 3.1.1, where the broker's own "
                   "setting counts; remove it");
  }
  if (options.qos == 0) {
    report.warning("qos",
                   "0: what comes while Penstock or the connection is away is lost, and a "
                   "crash loses what is on its way; 1 keeps it");
  }
}

// Topic by topic, so that each that is refused is named.
void MqttSource::check_connection(const Options& options, penstock::Report& report) {
  Options trial = without_disturbance(options);
  size_t well = 0;
  for (size_t i = 0; i < options.topics.size(); ++i) {
    trial.topics = {without_disturbance(options).topics[i]};
    TrialResult result = try_receiver(trial, make_receiver);
    if (const size_t at = result.trouble.find(trial.topics[0]); at != std::string::npos) {
      result.trouble.replace(at, trial.topics[0].size(), options.topics[i]);
    }
    for (const std::string& warning : result.warnings) report.warning("topics", warning);
    if (result.trouble.empty()) {
      ++well;
      continue;
    }
    if (result.trouble.find(kRefusedSubscription) == std::string::npos) {
      report.error("broker_url", result.trouble + "; " + advice_for(result.trouble));
      return;
    }
    const Options plain = without_groups(trial);
    const bool allows_plain =
        plain.topics != trial.topics && try_receiver(plain, make_receiver).trouble.empty();
    const std::string user = options.username.empty() ? "clients without a username"
                                                      : "the user \"" + options.username + "\"";
    if (allows_plain) {
      report.warning("topics", result.trouble + "; it allows " + plain.topics[0] +
                                   ", so it may allow just the group of " + options.topics[i] +
                                   ", which is not tried, since that takes messages from it");
    } else {
      report.error("topics", result.trouble + "; have the broker's access control allow " + user +
                                 " to subscribe to " + options.topics[i]);
    }
  }
  if (well < options.topics.size()) return;
  report.note("connected to " + options.broker_url + " and subscribed to " + std::to_string(well) +
              (well == 1 ? " topic filter" : " topic filters"));
}

void MqttSource::check_receiver(const Options& options, penstock::Report& report) {
  const auto address = BrokerAddress::parse(options.broker_url);
  if (options.receiver == ReceiverKind::kBulk && address && address->web_socket) {
    report.error("receiver",
                 "\"bulk\" has no web sockets; write \"paho\", or a tcp:// or ssl:// "
                 "address");
  }
  if (kind_of(options) == ReceiverKind::kPaho) {
    if (report.intake == PENSTOCK_INTAKE_SYNCED) {
      report.error("receiver",
                   "\"paho\" acknowledges before the intake is synced, which breaks "
                   "durability = \"machine\"; choose \"bulk\", or durability = "
                   "\"process\"");
    }
    if (options.connections > 1) {
      report.error("connections", "only \"bulk\" has several; choose that receiver, or remove it");
    }
  }
  if (options.connections > 1 && !options.shares_all_topics()) {
    report.error("connections",
                 "each connection would get every message; write all topics as "
                 "$share/GROUP/FILTER, or remove it");
  }
}

void MqttSource::check_tls(const Options& options, const BrokerAddress& address,
                           penstock::Report& report) {
  if (options.tls_cert.empty() != options.tls_key.empty()) {
    report.error("tls_cert", "a client certificate needs both tls_cert and tls_key");
  }
  const std::pair<const char*, const std::string&> files[] = {
      {"tls_ca", options.tls_ca}, {"tls_cert", options.tls_cert}, {"tls_key", options.tls_key}};
  for (const auto& [option, path] : files) {
    if (path.empty()) continue;
    if (const std::string fault = penstock::fault_of_file(path); !fault.empty()) {
      report.error(option, fault);
    }
  }
  const bool sends_password =
      !options.password.text.empty() && !penstock::is_this_machine(address.host);
  if (sends_password && !address.tls) {
    report.warning("broker_url", "the password is sent to " + address.host + " unencrypted; use " +
                                     (address.web_socket ? "wss" : "ssl") +
                                     "://, with the broker's TLS port");
  } else if (sends_password && !options.tls_verify) {
    report.warning("tls_verify", "false: anyone impersonating " + address.host +
                                     " gets the password; set true, and tls_ca");
  }
  const bool any = !options.tls_ca.empty() || !options.tls_cert.empty() || !options.tls_verify;
  if (any && !address.tls) {
    report.error("broker_url", "the tls_ options do nothing without ssl:// or wss://");
  }
}

}  // namespace mqtt_source

PENSTOCK_PLUGIN("mqtt_source", penstock::source<mqtt_source::MqttSource>())

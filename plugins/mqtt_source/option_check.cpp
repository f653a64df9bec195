#include "option_check.hpp"

#include <penstock/file_error.hpp>
#include <penstock/this_machine.hpp>

#include <algorithm>
#include <string>
#include <utility>

#include "broker_address.hpp"
#include "bulk_receiver.hpp"
#include "mqtt_text.hpp"
#include "receiver.hpp"
#include "topic_filter.hpp"

namespace mqtt_source {
namespace {

void check_texts(const Options& options, penstock::Report& report) {
  if (options.client_id.empty()) report.error("client_id", "is empty; a session needs a name");
  // The last connection has the longest client identifier.
  const std::string fault =
      fault_of_text(options.client_id + connection_suffix(options.connections));
  if (!fault.empty()) report.error("client_id", fault + "; choose another name");
  if (const std::string wrong = fault_of_text(options.username); !wrong.empty()) {
    report.error("username", wrong + "; MQTT cannot send it");
  }
  // A password may contain any bytes (MQTT 5 §3.1.3.6).
  if (options.password.text.size() > kMostTextBytes) {
    report.error("password", "is longer than 65,535 bytes; MQTT cannot send it");
  }
}

void check_for_no_effect(const Options& options, penstock::Report& report) {
  using namespace std::chrono_literals;
  if (kind_of(options) == ReceiverKind::kPaho) {
    const char* why = "does nothing with the receiver paho; remove it";
    if (options.coalesce != 1ms) report.warning("coalesce", why);
  }
  if (options.clean_session && options.session_expiry != 24h * 7) {
    report.warning("session_expiry",
                   "does nothing with clean_session = true, where the session ends with its "
                   "connection; remove it");
  } else if (options.protocol == Protocol::kV311 && options.session_expiry != 24h * 7) {
    report.warning("session_expiry",
                   "does nothing with MQTT 3.1.1, where the broker's own "
                   "setting applies; remove it");
  }
  const bool any_shared =
      std::any_of(options.topics.begin(), options.topics.end(), Options::is_shared);
  if (options.protocol == Protocol::kV311 && any_shared) {
    report.warning("protocol", kOldAndShared);
  }
  if (options.qos == 0) {
    report.warning("qos",
                   "0: messages sent while Penstock is disconnected are lost, and a crash "
                   "loses messages in flight; use 1 to keep them");
  }
}

void check_receiver(const Options& options, penstock::Report& report) {
  const auto address = BrokerAddress::parse(options.broker_url);
  if (options.receiver == ReceiverKind::kBulk && address && address->web_socket) {
    report.error("receiver",
                 "\"bulk\" does not support web sockets; use \"paho\", or a tcp:// or ssl:// "
                 "address");
  }
  if (kind_of(options) == ReceiverKind::kPaho) {
    if (report.intake == PENSTOCK_INTAKE_SYNCED) {
      report.error("receiver",
                   "\"paho\" acknowledges before the intake is synced, which breaks "
                   "durability = \"machine\"; use \"bulk\", or durability = "
                   "\"process\"");
    }
    if (options.qos == 2) {
      report.error("qos", std::string("2: \"paho\" loses messages when the broker or Penstock "
                                      "crashes; use qos = 1") +
                              (address && address->web_socket ? "" : ", or receiver = \"bulk\""));
    }
    if (options.connections > 1) {
      report.error("connections",
                   "only \"bulk\" supports several; use that receiver, or remove it");
    }
  }
  if (options.connections > 1 && !options.shares_all_topics()) {
    report.error("connections",
                 "each connection would get every message; write all topics as "
                 "$share/GROUP/FILTER, or remove it");
  }
}

void check_tls(const Options& options, const BrokerAddress& address, penstock::Report& report) {
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
  constexpr size_t kMostAlpnBytes = 255;  // RFC 7301 §3.1
  for (const std::string& name : options.alpn) {
    if (name.empty()) report.error("alpn", "has an empty name; remove it");
    if (name.size() > kMostAlpnBytes) report.error("alpn", "has a name longer than 255 bytes");
  }
  if (!options.alpn.empty() && !address.tls) {
    report.error("alpn", "does nothing without ssl:// or wss://; remove it");
  }
  const bool any = !options.tls_ca.empty() || !options.tls_cert.empty() || !options.tls_verify;
  if (any && !address.tls) {
    report.error("broker_url", "the tls_ options do nothing without ssl:// or wss://");
  }
}

}  // namespace

void check_options(const Options& options, penstock::Report& report) {
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
    // A filter that cannot be shown is named by its number.
    const bool can_be_shown = fault_of_text(options.topics[i]).empty();
    report.error("topics", (can_be_shown ? "\"" + options.topics[i] + "\" "
                                         : "filter " + std::to_string(i + 1) + " ") +
                               fault);
  }
  check_texts(options, report);
  if (address && address->web_socket && report.ends_session) {
    report.error(
        "broker_url",
        "a session is ended over tcp:// or ssl://, not over web sockets; set such an address");
  }
  check_receiver(options, report);
  if (address) check_tls(options, *address, report);
  check_for_no_effect(options, report);
}

}  // namespace mqtt_source

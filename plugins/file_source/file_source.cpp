// file_source: messages from a file of NDJSON, one a line, in the form that file_sink writes:
//   {"topic": "dev/plc-001/temperature", "payload": "{\"value\":75.5}", "received": "…"}
// `payload` may also be an object or array, which stands for its JSON text, or be given as
// `payload_base64`. `received` (RFC 3339 UTC as file_sink writes it) may be missing.
#include <penstock/plugin.hpp>

#include <atomic>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <ctime>
#include <fstream>
#include <iostream>
#include <nlohmann/json.hpp>
#include <thread>

namespace {

using namespace penstock;
using namespace std::chrono_literals;
using Json = nlohmann::ordered_json;

int64_t now_us() {
  return std::chrono::duration_cast<std::chrono::microseconds>(
             std::chrono::system_clock::now().time_since_epoch())
      .count();
}

// "2024-01-15T10:30:00.123456Z"; the fraction may be shorter or missing.
int64_t parse_time(const std::string& text) {
  std::tm parts = {};
  int read = 0;
  if (std::sscanf(text.c_str(), "%4d-%2d-%2dT%2d:%2d:%2d%n", &parts.tm_year, &parts.tm_mon,
                  &parts.tm_mday, &parts.tm_hour, &parts.tm_min, &parts.tm_sec, &read) != 6 ||
      text.back() != 'Z') {
    throw std::invalid_argument("received is not like 2024-01-15T10:30:00Z: " + text);
  }
  parts.tm_year -= 1900;
  parts.tm_mon -= 1;
  double fraction = 0;
  if (text[static_cast<size_t>(read)] == '.')
    fraction = std::stod("0" + text.substr(static_cast<size_t>(read)));
  return timegm(&parts) * 1'000'000 + std::llround(fraction * 1e6);
}

std::string decode_base64(const std::string& text) {
  std::string bytes;
  uint32_t bits = 0;
  int count = 0;
  for (const char c : text) {
    const int digit = c >= 'A' && c <= 'Z'   ? c - 'A'
                      : c >= 'a' && c <= 'z' ? c - 'a' + 26
                      : c >= '0' && c <= '9' ? c - '0' + 52
                      : c == '+'             ? 62
                      : c == '/'             ? 63
                                             : -1;
    if (digit < 0) {
      if (c == '=') break;
      throw std::invalid_argument("payload_base64 is not base64");
    }
    bits = bits << 6 | static_cast<uint32_t>(digit);
    if ((count += 6) >= 8) bytes += static_cast<char>(bits >> (count -= 8) & 0xFF);
  }
  return bytes;
}

struct Message {
  std::string topic, payload;
  int64_t received_us = 0;
};

Message parse_line(const std::string& line) {
  const Json json = Json::parse(line);
  Message message;
  message.topic = json.at("topic").get<std::string>();
  if (json.contains("payload_base64")) {
    message.payload = decode_base64(json["payload_base64"].get<std::string>());
  } else {
    const Json& payload = json.at("payload");
    message.payload = payload.is_string() ? payload.get<std::string>() : payload.dump();
  }
  message.received_us =
      json.contains("received") ? parse_time(json["received"].get<std::string>()) : now_us();
  return message;
}

class FileSource {
 public:
  struct Options {
    std::string path;
  };
  enum Metrics : uint32_t { kRead, kSkipped };

  static Declaration declare() {
    return {
        .name = "file_source",
        .summary = "Reads messages from a file of NDJSON, then ends.",
        .options = {option<&Options::path>(
            "path", {.help = "The file; - is standard input.", .required = true})},
        .ports = {},
        .metrics = {{PENSTOCK_COUNTER, "file_lines_read_total", "lines_read", "Lines read."},
                    {PENSTOCK_COUNTER, "file_lines_skipped_total", "lines_skipped",
                     "Lines that are not messages."}},
    };
  }

  FileSource(const Options& options, Context& context) : options_(options), context_(context) {}
  ~FileSource() { stop(); }

  Outcome start() {
    if (options_.path != "-") {
      file_.open(options_.path);
      if (!file_)
        return Outcome::retry("cannot read " + options_.path + ": " + std::strerror(errno));
    }
    thread_ = std::thread([this] { run(options_.path == "-" ? std::cin : file_); });
    return Outcome::done();
  }

  void stop() {
    stop_ = true;
    if (thread_.joinable()) thread_.join();
  }

 private:
  void run(std::istream& from) {
    std::string line;
    for (int64_t number = 1; !stop_ && std::getline(from, line); ++number) {
      if (line.empty()) continue;
      context_.add(kRead);
      try {
        if (!send(parse_line(line))) return;
      } catch (const std::exception& e) {
        context_.add(kSkipped);
        context_.error(options_.path + ":" + std::to_string(number) + ": skipped: " + e.what());
      }
    }
    context_.finished();
  }

  bool send(const Message& message) {
    const penstock_message view{{message.topic.data(), message.topic.size()},
                                {message.payload.data(), message.payload.size()},
                                message.received_us};
    while (context_.append({&view, 1}) == 0) {
      if (!context_.wait_for_space(100ms) && stop_) return false;
    }
    return true;
  }

  const Options options_;
  Context& context_;
  std::ifstream file_;
  std::atomic<bool> stop_ = false;
  std::thread thread_;
};

}  // namespace

PENSTOCK_PLUGIN("file_source", penstock::source<FileSource>())

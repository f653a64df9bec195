// file_source: messages from a file of NDJSON, one a line, in the form that file_sink writes:
//   {"topic": "dev/plc-001/temperature", "payload": "{\"value\":75.5}", "received": "…"}
// `payload` may also be an object or array, which stands for its JSON text, or be given as
// `payload_base64`. `received` (RFC 3339 UTC as file_sink writes it) may be missing, and so may
// `retained` and `attributes`, which are the columns of extra_columns.
//
// With `replay` the file holds dead letters: see letter_marks.hpp and letter_choice.hpp.
#include <penstock/dead_letter.hpp>
#include <penstock/file_error.hpp>
#include <penstock/plugin.hpp>

#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <optional>
#include <string_view>
#include <thread>
#include <utility>

#include "letter_choice.hpp"
#include "letter_marks.hpp"
#include "letters.hpp"
#include "message_line.hpp"

namespace file_source {

using namespace penstock;
using namespace std::chrono_literals;

class FileSource {
 public:
  struct Options {
    std::string path;
    bool replay = false, rows = false;
    std::string node, columns;
    int64_t until = 0;
  };
  enum Metrics : uint32_t { kRead, kSkipped };

  static Declaration declare() {
    return {
        .name = "file_source",
        .summary = "Reads messages from a file of NDJSON, then ends.",
        .options =
            {option<&Options::path>("path",
                                    {.help = "The file; - is standard input.", .required = true}),
             option<&Options::replay>(
                 "replay",
                 {.help = "The lines are dead letters: read those that were not replayed, and "
                          "mark them when the intake has them.",
                  .default_value = "false"}),
             option<&Options::node>(
                 "node", {.help = "With replay: only letters that this node rejected; empty: "
                                  "message letters from any node.",
                          .default_value = ""}),
             option<&Options::rows>(
                 "rows", {.help = "With replay: read letters of rows (for file_source.letters) "
                                  "instead of messages.",
                          .default_value = "false"}),
             option<&Options::columns>(
                 "columns", {.help = "With replay and rows: only letters with these columns.",
                             .default_value = ""}),
             option<&Options::until>(
                 "until", {.help = "With replay: stop at this offset; 0: at the file's size at "
                                   "start.",
                           .default_value = "0",
                           .unit = "bytes",
                           .min = 0})},
        .ports = {},
        .metrics = {{PENSTOCK_COUNTER, "file_lines_read_total", "lines_read", "Lines read."},
                    {PENSTOCK_COUNTER, "file_lines_skipped_total", "lines_skipped",
                     "Lines that are not messages."}},
        .retained = true,
        .attributes = true,
        .file = true,
        .letters = true,
    };
  }

  static void check(const Options& options, Report& report) {
    if (const std::string fault = fault_of(options); !fault.empty()) report.error("path", fault);
    for (const char* option : {"node", "columns", "rows", "until"}) {
      if (options.replay || !is_set(options, option)) continue;
      report.error(option, "is for dead letters; set replay = true, or remove it");
    }
  }

  FileSource(const Options& options, Context& context)
      : options_(options),
        context_(context),
        letters_({options.node, options.rows, options.columns}) {}
  ~FileSource() { stop(); }

  Outcome start() {
    if (options_.path != "-") {
      if (std::string fault = fault_of(options_); !fault.empty()) return Outcome::retry(fault);
      file_.open(options_.path);
      if (!file_) return Outcome::retry(fault_of_file(options_.path));
    }
    if (options_.replay) {
      if (std::string error = marks_.open(options_.path, options_.until); !error.empty()) {
        return Outcome::retry(error);
      }
    }
    thread_ = std::thread([this] { run(options_.path == "-" ? std::cin : file_); });
    return Outcome::done();
  }

  void acknowledged(uint64_t position) {
    if (options_.replay) report(marks_.safe(position));
  }

  void stop() {
    stop_ = true;
    if (thread_.joinable()) thread_.join();
  }

 private:
  // A file that is missing now would be waited for without end.
  static std::string fault_of(const Options& options) {
    const std::string& path = options.path;
    if (path.empty()) return "is empty; name a file, or - for standard input";
    if (path == "-") {
      return options.replay ? "letters on standard input cannot be marked; name a file" : "";
    }
    if (std::string fault = fault_of_file(path); !fault.empty()) return fault;
    std::error_code ignored;
    if (!std::filesystem::is_regular_file(path, ignored)) {
      return path + " is a pipe or a device; pass it on standard input, with path = \"-\"";
    }
    if (options.replay && access(path.c_str(), W_OK) != 0) {
      return file_error("cannot mark letters in", path, errno, FileUse::kWrite);
    }
    return "";
  }

  static bool is_set(const Options& options, std::string_view option) {
    return option == "node"      ? !options.node.empty()
           : option == "columns" ? !options.columns.empty()
           : option == "rows"    ? options.rows
                                 : options.until > 0;
  }

  void run(std::istream& from) {
    std::string line;
    int64_t offset = 0;
    uint64_t in_intake = options_.replay ? letters_in_intake() : 0;
    for (int64_t number = 1; !stop_ && std::getline(from, line); ++number) {
      const int64_t begin = std::exchange(offset, offset + static_cast<int64_t>(line.size()) + 1);
      if (options_.replay && begin >= marks_.end()) break;  // what this replay rejects anew
      if (line.empty() || (options_.replay && is_replayed(line))) continue;
      try {
        const std::optional<Message> message = message_of(line);
        if (!message) continue;
        context_.add(kRead);
        if (in_intake > 0) {
          --in_intake;
          report(marks_.taken(begin, 0));
          continue;
        }
        if (!send(*message, begin)) return;
      } catch (const std::exception& e) {
        context_.add(kRead);
        context_.add(kSkipped);
        context_.drop(1);
        context_.error(place() + ":" + std::to_string(number) + ": skipped: " + e.what());
      }
    }
    context_.finished();
  }

  static bool is_replayed(std::string_view line) {
    const letter::Mark mark = letter::mark_of(line);
    return mark == letter::Mark::kTaken || mark == letter::Mark::kReplayed;
  }

  // Nothing: a letter that another source reads.
  std::optional<Message> message_of(const std::string& line) {
    if (!options_.replay) return parse_message(line, context_.extra_columns());
    LetterMarks::check(line);
    return letters_.message_of(line);
  }

  // The path is perhaps that of a descriptor, since files are renamed.
  std::string place() const {
    std::error_code error;
    if (!options_.path.starts_with("/proc/self/fd/")) return options_.path;
    return std::filesystem::read_symlink(options_.path, error).string();
  }

  uint64_t letters_in_intake() {
    uint64_t position = 0;
    context_.append(std::span<const penstock_source_message>(), 0,
                    &position);  // nothing, to hear where the intake ends
    return marks_.unmarked_in_intake(options_.path, position,
                                     [&](const std::string& line) { return letters_.has(line); });
  }

  void report(const std::string& error) {
    if (!error.empty()) context_.error(error);
  }

  bool send(const Message& message, int64_t offset) {
    penstock_source_message view =
        source_message(message.topic, message.payload, message.received_us);
    if (message.retained) view.flags |= PENSTOCK_MESSAGE_RETAINED;
    view.attributes = {message.attributes.data(), message.attributes.size()};
    uint64_t position = 0;
    while (context_.append({&view, 1}, 0, &position) == 0) {
      if (!context_.wait_for_space(100ms) && stop_) return false;
    }
    if (options_.replay) report(marks_.taken(offset, position));
    return true;
  }

  const Options options_;
  Context& context_;
  std::ifstream file_;
  LetterMarks marks_;
  LetterChoice letters_;
  std::atomic<bool> stop_ = false;
  std::thread thread_;
};

}  // namespace file_source

PENSTOCK_PLUGIN("file_source", penstock::source<file_source::FileSource>(),
                penstock::transform<file_source::Letters>())

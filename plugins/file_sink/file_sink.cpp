// file_sink: rows as NDJSON, to a file or standard output.
#include <penstock/file_error.hpp>
#include <penstock/plugin.hpp>

#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <string>
#include <utility>
#include <vector>

#include "json_row.hpp"
#include "rotating_file.hpp"

namespace file_sink {

using namespace penstock;

class FileSink {
 public:
  struct Options {
    std::string path;
    Bytes max_bytes;
    int64_t keep = 0;
    WhenFull when_full = WhenFull::kDiscardOldest;
    std::vector<std::string> json_columns;
  };
  static constexpr int64_t kKeep = 5;  // the default
  enum Metrics : uint32_t { kRows, kTorn };

  static Declaration declare() {
    return {
        .name = "file_sink",
        .summary = "Writes rows as NDJSON to a file or standard output.",
        .options =
            {
                option<&Options::path>("path",
                                       {.help = "The file, appended to; - is standard output.",
                                        .default_value = "-",
                                        .identity = true,
                                        .file = true}),
                option<&Options::max_bytes>("max_bytes",
                                            {.help = "Rotate to PATH.1 beyond this size; 0: never.",
                                             .default_value = "0",
                                             .min = 0}),
                option<&Options::keep>("keep", {.help = "Rotated files to keep.",
                                                .default_value = "5",
                                                .unit = "files",
                                                .min = 0,
                                                .max = 1000}),
                option<&Options::when_full>(
                    "when_full",
                    {.help = "When PATH and all keep rotated files are full: discard_oldest "
                             "deletes the oldest file and "
                             "counts its unreplayed dead letters; block stops writing until files "
                             "are replayed or moved away, which backpressures the pipeline.",
                     .default_value = "discard_oldest",
                     .choices = "discard_oldest,block"}),
                option<&Options::json_columns>("json_columns",
                                               {.help = "Columns that hold JSON, written as it is.",
                                                .default_value = "metadata,attributes"}),
            },
        .ports = {},
        .metrics = {{PENSTOCK_COUNTER, "file_rows_written_total", "rows_written",
                     "Rows written to the file."},
                    {PENSTOCK_COUNTER, "file_torn_lines_total", "torn_lines",
                     "Incomplete lines found in the file and terminated."}},
        .file = true,
    };
  }

  static void check(const Options& options, Report& report) {
    if (report.parallelism > 1) {
      report.error("parallelism", "a file has one writer; remove it");
    }
    if (options.path.empty()) {
      report.error("path", "is empty; name a file, or - for standard output");
    }
    const bool is_file = options.path != "-";
    if (is_file && !options.path.empty()) check_place(options, report);
    if (!is_file && options.max_bytes.count > 0) {
      report.warning("max_bytes", "does nothing with standard output; remove it");
    }
    if (options.max_bytes.count == 0 && options.keep != kKeep) {
      report.warning("keep", "does nothing without max_bytes; set it, or remove keep");
    }
    if (options.max_bytes.count == 0 && options.when_full == WhenFull::kBlock) {
      report.warning("when_full", "does nothing without max_bytes; set it, or remove when_full");
    }
  }

  static void check_connection(const Options& options, Report& report) {
    if (options.path == "-") return;
    const auto file = std::filesystem::absolute(options.path);
    std::error_code error;
    const bool exists = std::filesystem::exists(file, error);
    const auto place = exists ? file : file.parent_path();
    if (access(place.c_str(), W_OK) == 0) return;
    report.error("path", file_error("cannot write", options.path, errno, FileUse::kWrite));
  }

  FileSink(const Options& options, Context& context)
      : context_(context),
        rows_(options.json_columns),
        path_(options.path),
        file_(
            options.path, {options.max_bytes.count, options.keep, options.when_full},
            context.intake() == PENSTOCK_INTAKE_SYNCED,
            [&](const std::string& what) { context_.warn(what); },
            [&] { return context_.is_interrupted(); }) {}

  Outcome process(const Batch& batch) {
    // A batch that a pipe has in part comes again until the pipe has it whole.
    if (file_.bytes_begun() == 0) {
      text_.clear();
      for (size_t i = 0; i < batch.chunks(); ++i) {
        rows_.append(batch.schema(), batch.chunk(i), text_);
      }
    }
    const std::string error = file_.write(text_);
    context_.drop(file_.discarded() - std::exchange(told_discarded_, file_.discarded()));
    context_.add(kTorn,
                 static_cast<double>(file_.torn() - std::exchange(told_torn_, file_.torn())));
    if (!error.empty()) return Outcome::retry(error);
    context_.add(kRows, static_cast<double>(batch.rows()));
    return Outcome::done();
  }

  void stop() {
    if (file_.bytes_begun() == 0) return;
    context_.warn(path_ + " has " + std::to_string(file_.bytes_begun()) + " of " +
                  std::to_string(text_.size()) +
                  " bytes of a batch; the whole batch is written again later");
  }

 private:
  // Whether there can be such a file; whether it may be written is found outside.
  static void check_place(const Options& options, Report& report) {
    const std::string& path = options.path;
    // The file that is set aside last has the longest name.
    const bool sets_aside = options.max_bytes.count > 0 && options.keep > 0;
    const std::string suffix = sets_aside ? "." + std::to_string(options.keep) : "";
    if (std::string fault = fault_of_path(path); !fault.empty()) {
      report.error("path", fault);
      return;
    }
    if (const std::string fault = fault_of_path(path + suffix); !fault.empty()) {
      report.error("path", "with " + suffix + ", as files set aside are named, it " + fault);
      return;
    }
    std::error_code error;
    const auto file = target_of(std::filesystem::absolute(path, error));
    const auto folder = file.parent_path();
    if (std::filesystem::is_directory(file, error) || path.back() == '/') {
      report.error("path", path + " is a folder; name a file in it");
    } else if (const std::string fault = fault_of_device(path); !fault.empty()) {
      report.error("path", fault);
    } else if (std::filesystem::is_directory(folder, error) ||
               error == std::errc::permission_denied) {
      return;
    } else if (std::filesystem::exists(folder, error)) {
      report.error("path", folder.string() + " is a file, not a folder; choose another path");
    } else if (const auto link = dangling_link(folder); !link.empty()) {
      report.warning("path", tell_dangling(link) + ": until then rows wait");
    } else {
      // A disk that is mounted later is no reason to take nothing in until then.
      report.warning("path",
                     "there is no folder " + folder.string() + "; create it: until then rows wait");
    }
  }

  // Where a file is made that is opened through symbolic links; they lead to no circle.
  static std::filesystem::path target_of(std::filesystem::path file) {
    std::error_code error;
    while (std::filesystem::is_symlink(file, error)) {
      const auto next = std::filesystem::read_symlink(file, error);
      if (error) break;
      file = file.parent_path() / next;
    }
    return file;
  }

  // "" of a file, and of a device that takes rows: a terminal, a pipe, or one that drops them.
  static std::string fault_of_device(const std::string& path) {
    for (const char* own : {"/dev/stdout", "/dev/stderr", "/dev/fd/", "/proc/"}) {
      if (path.starts_with(own)) return "";  // which is another one where the pipeline runs
    }
    std::error_code error;
    const auto status = std::filesystem::status(path, error);
    if (std::filesystem::is_socket(status)) {
      return path + " is a socket, which takes no rows; name a file";
    }
    const std::string device = std::filesystem::canonical(path, error).string();
    const auto is = [&](const char* begin) { return device.starts_with(begin); };
    const bool takes_rows =
        device == "/dev/null" || is("/dev/tty") || is("/dev/pts/") || is("/dev/console");
    if (std::filesystem::is_block_file(status) ||
        (std::filesystem::is_character_file(status) && !takes_rows)) {
      return path + " is a device, which keeps no rows; name a file";
    }
    return "";
  }

  Context& context_;
  JsonRows rows_;
  const std::string path_;
  RotatingFile file_;
  std::string text_;
  uint64_t told_discarded_ = 0, told_torn_ = 0;
};

}  // namespace file_sink

PENSTOCK_PLUGIN("file_sink", penstock::sink<file_sink::FileSink>())

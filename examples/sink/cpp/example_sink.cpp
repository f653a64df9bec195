// Writes each message as a line, its topic and its payload, to a file.
#include <penstock/plugin.hpp>

#include <cerrno>
#include <cstdio>
#include <memory>
#include <string>
#include <system_error>

using namespace penstock;

class Lines {
 public:
  struct Options {
    std::string path;
  };
  enum Metrics : uint32_t { kLines };

  static Declaration declare() {
    return {
        .name = "example_sink",
        .summary = "Writes each message as a line to a file.",
        // No two nodes may have the same file.
        .options = {option<&Options::path>(
            "path",
            {.help = "The file, appended to.", .required = true, .identity = true, .file = true})},
        .ports = {},
        .metrics = {{PENSTOCK_COUNTER, "lines_total", "lines", "Lines written."}},
    };
  }

  static void check(const Options& options, Report& report) {
    if (options.path.empty()) report.error("path", "is empty; name a file");
    if (report.parallelism > 1) report.error("parallelism", "a file has one writer; remove it");
  }

  // Of what comes in, these columns.
  static Schema input_schema(const Options&) {
    return {{"topic", format::kUtf8}, {"payload", format::kBinary}};
  }

  Lines(const Options& options, Context& context) : options_(options), context_(context) {}

  // A sink may wait for the outside. `retry` is called again, later and later, until it works.
  Outcome start() {
    file_.reset(std::fopen(options_.path.c_str(), "ae"));
    return file_ ? Outcome::done() : Outcome::retry("cannot open " + options_.path + ": " + why());
  }

  // Returns when the rows are stored. After a retry the same batch comes again, whole: some of its
  // lines may then stand twice in the file.
  Outcome process(const Batch& batch) {
    if (!file_) {
      if (Outcome opened = start(); opened.status != PENSTOCK_OK) return opened;
    }
    std::string text;
    for (size_t i = 0; i < batch.chunks(); ++i) {
      const ArrowArray& chunk = batch.chunk(i);
      const TextColumn topic(*chunk.children[batch.column("topic")]);
      const TextColumn payload(*chunk.children[batch.column("payload")]);
      for (int64_t row = 0; row < chunk.length; ++row) {
        text.append(topic[row]).append("\t").append(payload[row]).append("\n");
      }
    }
    const bool is_written = std::fwrite(text.data(), 1, text.size(), file_.get()) == text.size() &&
                            std::fflush(file_.get()) == 0;
    if (!is_written) {
      const std::string reason = why();
      file_.reset();
      return Outcome::retry("cannot write " + options_.path + ": " + reason);
    }
    context_.add(kLines, static_cast<double>(batch.rows()));
    return Outcome::done();
  }

 private:
  struct Close {
    void operator()(std::FILE* file) const { std::fclose(file); }
  };

  static std::string why() { return std::generic_category().message(errno); }

  const Options options_;
  Context& context_;
  std::unique_ptr<std::FILE, Close> file_;
};

PENSTOCK_PLUGIN("example_sink", sink<Lines>())

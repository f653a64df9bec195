// A sink that writes the parts of what comes to it into a file, and rejects rows whose text asks
// for it.
#include <penstock/plugin.hpp>

#include <cstdio>
#include <mutex>
#include <stdexcept>
#include <string>

using namespace penstock;

class RecordsParts {
 public:
  struct Options {
    std::string path;
  };
  static Declaration declare() {
    return {.name = "records_parts",
            .summary = "Writes the parts of what comes to a file.",
            .options = {option<&Options::path>("path", {.help = "The file.", .required = true})},
            .ports = {},
            .metrics = {}};
  }
  RecordsParts(const Options& options, Context& context) : options_(options), context_(context) {}
  Outcome process(const Batch& batch) {
    const int text = column_index(batch.schema(), "value_str");
    for (size_t i = 0; text >= 0 && i < batch.chunks(); ++i) {
      const TextColumn texts(*batch.chunk(i).children[static_cast<size_t>(text)]);
      for (int64_t row = 0; row < batch.chunk(i).length; ++row) {
        if (texts[row] == "reject me") context_.reject_row(batch, i, row, "as it asks for");
      }
    }
    static std::mutex mutex;  // of all lanes
    const std::lock_guard lock(mutex);
    std::FILE* file = std::fopen(options_.path.c_str(), "a");
    if (!file) throw std::runtime_error("cannot open " + options_.path);
    for (const penstock_range& range : batch.ranges()) {
      std::fprintf(file, "%016llx\n", static_cast<unsigned long long>(range.part));
    }
    std::fclose(file);
    return Outcome::done();
  }

 private:
  const Options options_;
  Context& context_;
};

PENSTOCK_PLUGIN("records_parts", sink<RecordsParts>())

#include "letters.hpp"

#include <exception>

namespace file_source {

using namespace penstock;

Declaration Letters::declare() {
  return {.name = "letters",
          .summary = "Turns dead letters of rows into these rows; for penstock replay.",
          .options = {option<&Options::columns>(
              "columns", {.help = "Names and Arrow formats as the letters have them; empty: those "
                                  "of points.",
                          .default_value = ""})},
          .ports = {{"out", "The rows."}},
          .metrics = {},
          .letters = true};
}

void Letters::check(const Options& options, Report& report) {
  try {
    parse_columns(options.columns);
  } catch (const std::exception& e) {
    report.error("columns", e.what());
  }
}

Outcome Letters::process(const Batch& batch) {
  const size_t payload_at = batch.column("payload");
  for (size_t i = 0; i < batch.chunks(); ++i) {
    const ArrowArray& chunk = batch.chunk(i);
    const TextColumn payloads(*chunk.children[payload_at]);
    for (int64_t row = 0; row < chunk.length; ++row) {
      try {
        rows_.add(payloads[row]);
      } catch (const std::exception& e) {
        context_.reject_row(batch, i, row, e.what());
      }
    }
    if (rows_.rows() > 0) context_.emit_from_chunk(0, rows_.finish(), i);
  }
  return Outcome::done();
}

}  // namespace file_source

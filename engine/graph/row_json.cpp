#include "graph/row_json.hpp"

#include <fmt/chrono.h>
#include <fmt/format.h>
#include <penstock/columns.hpp>
#include <penstock/schema.hpp>

#include <nlohmann/json.hpp>
#include <string_view>

namespace penstock::engine {
namespace {

using Json = nlohmann::ordered_json;

// RFC 3339, in UTC.
std::string time_text(int64_t us) {
  int64_t seconds = us / 1'000'000, rest = us % 1'000'000;
  if (rest < 0) {
    rest += 1'000'000;
    --seconds;
  }
  return fmt::format("{:%Y-%m-%dT%H:%M:%S}.{:06}Z", fmt::gmtime(static_cast<time_t>(seconds)),
                     rest);
}

Json text_value(std::string_view text) {
  if (text.starts_with('{')) {
    Json inner = Json::parse(text, nullptr, false);
    if (!inner.is_discarded()) return inner;
  }
  return std::string(text);
}

template <class T>
Json fixed_value(const ArrowArray& column, int64_t row) {
  const FixedColumn<T> values(column);
  return values.valid(row) ? Json(values[row]) : Json(nullptr);
}

// Discarded: the column has no generic form.
Json value_of(std::string_view format, const ArrowArray& column, int64_t row) {
  if (format == format::kUtf8 || format == format::kBinary) {
    const TextColumn texts(column);
    return texts.valid(row) ? text_value(texts[row]) : Json(nullptr);
  }
  if (format == format::kTimestampUs) {
    const FixedColumn<int64_t> times(column);
    return times.valid(row) ? Json(time_text(times[row])) : Json(nullptr);
  }
  if (format == format::kInt16) return fixed_value<int16_t>(column, row);
  if (format == format::kInt32) return fixed_value<int32_t>(column, row);
  if (format == format::kInt64) return fixed_value<int64_t>(column, row);
  if (format == format::kFloat64) return fixed_value<double>(column, row);
  return Json(Json::value_t::discarded);
}

}  // namespace

std::string row_json(const ArrowSchema& schema, const ArrowArray& chunk, int64_t row) {
  Json json = Json::object();
  for (int64_t i = 0; i < schema.n_children; ++i) {
    Json value = value_of(schema.children[i]->format, *chunk.children[i], row);
    if (!value.is_discarded()) json[schema.children[i]->name] = std::move(value);
  }
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

}  // namespace penstock::engine

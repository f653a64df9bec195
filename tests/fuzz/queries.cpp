// A query, an empty line, and a payload: any bytes. A query is refused or runs; a row gives rows or
// one failure, or rows and those of its parts, the same alone and among others, and all texts are
// UTF-8 without NUL. A column of each type has the payload for its text.
#include <penstock/columns.hpp>

#include <simdjson.h>

#include <cstring>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "analysis/query_error.hpp"
#include "require.hpp"
#include "rows/select.hpp"

namespace {

using namespace sql;
using penstock::TextBuilder;

// Names as the corpus of queries has them (plugins/sql/tests/corpus/rows.txt).
const std::vector<std::pair<const char*, const char*>> kTyped{{"i2", "smallint"},
                                                              {"i4", "integer"},
                                                              {"i8", "bigint"},
                                                              {"f4", "real"},
                                                              {"f8", "double precision"},
                                                              {"n", "numeric"},
                                                              {"b", "boolean"},
                                                              {"y", "bytea"},
                                                              {"j", "jsonb"},
                                                              {"d", "date"},
                                                              {"ts", "timestamp without time zone"},
                                                              {"tz", "timestamp with time zone"},
                                                              {"iv", "interval"},
                                                              {"ta", "text[]"},
                                                              {"ia", "integer[]"}};

penstock::Schema schema() {
  penstock::Schema schema = penstock::message_schema();
  for (const char* text : {"t", "u"}) schema.push_back({text, penstock::format::kUtf8});
  for (const auto& [name, type] : kTyped) {
    schema.push_back(
        {name, penstock::format::kUtf8, true, penstock::extension::kPostgres + std::string(type)});
  }
  return schema;
}

ArrowArray rows_of(const std::vector<std::string_view>& payloads, size_t columns) {
  std::vector<TextBuilder> texts(columns);
  penstock::FixedBuilder<int64_t> received;
  for (const std::string_view payload : payloads) {
    const bool is_text = simdjson::validate_utf8(payload.data(), payload.size()) &&
                         payload.find('\0') == payload.npos;
    texts[0].push("dev/a/b");
    texts[1].push(payload);
    received.push(1'700'000'000'000'000);
    for (size_t i = 3; i < columns; ++i) texts[i].push(is_text ? payload : "no text");
  }
  penstock::Columns made(columns);
  for (size_t i = 0; i < columns; ++i) made.add(i == 2 ? received.finish() : texts[i].finish());
  return penstock::make_rows(static_cast<int64_t>(payloads.size()), made);
}

// Of each row of the input its failure, and last what all rows give.
using Outcomes = std::vector<std::string>;

void require_text(std::string_view text) {
  REQUIRE(simdjson::validate_utf8(text.data(), text.size()));
  REQUIRE(text.find('\0') == text.npos);
}

Outcomes run(Select& select, const std::vector<std::string_view>& payloads, size_t columns) {
  ArrowArray chunk = rows_of(payloads, columns);
  Outcomes failures(payloads.size());
  std::string rows;
  select.run(
      chunk,
      [&](ArrowArray piece) {
        for (int64_t row = 0; row < piece.length; ++row) {
          for (int64_t i = 0; i < piece.n_children; ++i) {
            const penstock::TextColumn column(*piece.children[i]);
            if (column.valid(row)) require_text(column[row]);
            rows.append(column.valid(row) ? column[row] : "NULL").append("|");
          }
          rows += "\n";
        }
        piece.release(&piece);
      },
      [&](const Rejected& rejected) {
        const auto& [row, failure, part, column] = rejected;
        std::string& told = failures[static_cast<size_t>(row)];
        REQUIRE((told.empty() || part));
        REQUIRE(std::strlen(failure.state) == 5);
        if (part) require_text(*part);
        told.append(failure.message).append(part ? *part : "").append("\n");
      });
  chunk.release(&chunk);
  failures.push_back(rows);
  return failures;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view all(reinterpret_cast<const char*>(data), size);
  const size_t end = all.find("\n\n");
  const std::string query(all.substr(0, end));
  const std::string_view payload = end == all.npos ? std::string_view() : all.substr(end + 2);
  static const penstock::Schema kSchema = schema();
  try {
    for (const OnError on_error : {OnError::kReject, OnError::kSkip}) {
      Select select({query, 1'000, ResultForm::kTexts, on_error}, kSchema);
      const Outcomes alone = run(select, {payload}, kSchema.size());
      const Outcomes among = run(select, {payload, "", payload}, kSchema.size());
      const Outcomes other = run(select, {""}, kSchema.size());
      REQUIRE(among[0] == alone[0] && among[2] == alone[0] && among[1] == other[0]);
      REQUIRE(among[3] == alone[1] + other[1] + alone[1]);
    }
  } catch (const QueryError& error) {
    REQUIRE(error.state.size() == 5);
    REQUIRE(*error.what() != '\0');
  }
  return 0;
}

#include "pipeline_test/row_match.hpp"

#include <fmt/format.h>

#include <fstream>
#include <limits>
#include <nlohmann/json.hpp>

namespace penstock::engine {
namespace {

using Json = nlohmann::ordered_json;

constexpr size_t kNone = std::numeric_limits<size_t>::max();

// The columns in which `came` is not as `expected` has it.
std::vector<std::string> differing(const Json& expected, const Json& came) {
  std::vector<std::string> columns;
  for (const auto& [column, value] : expected.items()) {
    if (!came.contains(column) || came[column] != value) columns.push_back(column);
  }
  return columns;
}

// Each expected row with a row of its own that has all of its columns, as many as can be: a
// maximum matching by augmenting paths.
class Matching {
 public:
  Matching(const std::vector<Json>& expected, const std::vector<Json>& came)
      : expected_(expected),
        came_(came),
        of_expected_(expected.size(), kNone),
        of_came_(came.size(), kNone) {
    for (size_t i = 0; i < expected.size(); ++i) {
      std::vector<bool> tried(came.size());
      assign(i, tried);
    }
  }
  bool has(size_t expected) const { return of_expected_[expected] != kNone; }
  bool is_expected(size_t came) const { return of_came_[came] != kNone; }

 private:
  bool assign(size_t i, std::vector<bool>& tried) {
    for (size_t k = 0; k < came_.size(); ++k) {
      if (tried[k] || !differing(expected_[i], came_[k]).empty()) continue;
      tried[k] = true;
      if (of_came_[k] != kNone && !assign(of_came_[k], tried)) continue;
      of_came_[k] = i;
      of_expected_[i] = k;
      return true;
    }
    return false;
  }

  const std::vector<Json>&expected_, &came_;
  std::vector<size_t> of_expected_, of_came_;
};

std::string value_of(const Json& row, const std::string& column) {
  return row.contains(column) ? row[column].dump() : "nothing";
}

std::vector<Json> parsed(const std::vector<Row>& rows, const std::string& name,
                         std::string& wrong) {
  std::vector<Json> result;
  for (const Row& row : rows) {
    Json json = Json::parse(row.text, nullptr, false);
    if (!json.is_object()) {
      wrong += fmt::format("  {}:{}: is no JSON object: {}\n", name, row.line, row.text);
      json = Json::object();
    }
    result.push_back(std::move(json));
  }
  return result;
}

}  // namespace

std::vector<Row> read_rows(const std::string& file) {
  std::vector<Row> rows;
  std::ifstream stream(file, std::ios::binary);
  size_t line = 0;
  for (std::string text; std::getline(stream, text);) {
    ++line;
    if (!text.empty()) rows.push_back({line, text});
  }
  return rows;
}

std::string row_differences(const std::vector<Row>& expected, const std::vector<Row>& came,
                            const std::string& name) {
  std::string text;
  const std::vector<Json> wanted = parsed(expected, name, text);
  if (!text.empty()) return text;
  const std::vector<Json> had = parsed(came, "what came", text);
  const Matching matching(wanted, had);
  std::vector<bool> told(had.size());
  for (size_t i = 0; i < wanted.size(); ++i) {
    if (matching.has(i)) continue;
    // The nearest of those that nobody expected, if it has at least something in common.
    size_t nearest = kNone, fewest = wanted[i].size();
    for (size_t k = 0; k < had.size(); ++k) {
      const size_t count = differing(wanted[i], had[k]).size();
      if (matching.is_expected(k) || told[k] || count >= fewest) continue;
      fewest = count;
      nearest = k;
    }
    if (nearest == kNone) {
      text += fmt::format("  {}:{}: missing\n    - {}\n", name, expected[i].line,
                          expected[i].text);
      continue;
    }
    told[nearest] = true;
    text += fmt::format("  {}:{}: differs\n", name, expected[i].line);
    for (const std::string& column : differing(wanted[i], had[nearest])) {
      text += fmt::format("    {}\n      - {}\n      + {}\n", column, value_of(wanted[i], column),
                          value_of(had[nearest], column));
    }
  }
  for (size_t k = 0; k < had.size(); ++k) {
    if (matching.is_expected(k) || told[k]) continue;
    text += fmt::format("  {}: unexpected\n    + {}\n", name, came[k].text);
  }
  return text;
}

}  // namespace penstock::engine

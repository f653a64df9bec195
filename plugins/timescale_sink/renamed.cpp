#include "renamed.hpp"

#include <algorithm>

namespace timescale_sink {
namespace {

std::string quoted(const std::string& text) { return "\"" + text + "\""; }

std::string names_of(const penstock::Schema& schema) {
  std::string names;
  for (const penstock::Field& field : schema) names += (names.empty() ? "" : ", ") + field.name;
  return names;
}

bool has(const penstock::Schema& schema, const std::string& name) {
  return std::any_of(schema.begin(), schema.end(),
                     [&](const penstock::Field& field) { return field.name == name; });
}

}  // namespace

Renamed renamed(const std::string& text) {
  const size_t sign = text.find('=');
  if (sign == std::string::npos) return {text, text};
  return {text.substr(0, sign), text.substr(sign + 1)};
}

std::vector<std::string> faults_of_columns(const std::vector<std::string>& columns,
                                           const std::vector<penstock::Schema>& inputs) {
  std::vector<std::string> faults;
  std::set<std::string> filled;
  for (const std::string& column : columns) {
    const Renamed pair = renamed(column);
    if (pair.to.empty() || pair.from.empty()) {
      faults.push_back(quoted(column) + " is neither NAME nor TABLE_COLUMN=COLUMN");
      continue;
    }
    if (!filled.insert(pair.to).second) {
      faults.push_back("the column " + quoted(pair.to) + " is listed twice; the second is " +
                       quoted(column));
    }
    const auto without = std::find_if(inputs.begin(), inputs.end(),
                                      [&](const auto& input) { return !has(input, pair.from); });
    if (without == inputs.end()) continue;
    faults.push_back(quoted(column) + " names a column that the input does not have (it has " +
                     names_of(*without) + ")");
  }
  return faults;
}

std::set<std::string> filled_columns(const std::vector<std::string>& columns,
                                     const std::vector<penstock::Schema>& inputs) {
  std::set<std::string> filled;
  for (const std::string& column : columns) filled.insert(renamed(column).to);
  if (!columns.empty()) return filled;
  for (const penstock::Schema& input : inputs) {
    for (const penstock::Field& field : input) filled.insert(field.name);
  }
  return filled;
}

}  // namespace timescale_sink

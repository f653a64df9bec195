// Rows that fail in part.
#include <algorithm>
#include <cstring>

#include "query/query.hpp"
#include "values/json_build.hpp"

namespace sql {

PartKey Query::key_of(size_t depth, size_t row) const {
  PartKey key{levels_[depth].ancestors[0][row]};
  for (size_t i = 1; i <= depth; ++i)
    key.push_back(levels_[i].origins[levels_[depth].ancestors[i][row]].number);
  return key;
}

bool Query::is_left_out(PartKey& above, int64_t number) const {
  above.push_back(static_cast<uint32_t>(number));
  const bool is_one = left_out_.contains(above);
  above.pop_back();
  return is_one;
}

// The elements that a row was made of, from the outermost on, as far as each can be told: by its
// place in a document of the input's row. With the number of the row that it gives, or without a
// row of NULL in its stead, it would be another one if it were alone.
std::vector<Step> Query::steps_to(size_t depth, size_t row, const JsonNode*& document,
                                  size_t& column) {
  std::vector<Step> steps;
  const uint32_t input = levels_[depth].ancestors[0][row];
  for (size_t i = 1; i <= depth; ++i) {
    const LateralFunction& function = functions_[i - 1];
    const Origin& origin = levels_[i].origins[levels_[depth].ancestors[i][row]];
    if (function.is_outer || function.has_ordinality || !origin.element) break;
    for (const Document& each : documents_) {
      if (document || !is_read_[each.column]) continue;
      const JsonNode* const root = document_of(each, input);
      if (!root || !is_within(origin.element, root)) continue;
      document = root;
      column = each.column;
    }
    if (!document || !is_within(origin.element, document)) break;
    steps.push_back({origin.argument, origin.element});
  }
  return steps;
}

// Null: there is none.
const JsonNode* Query::document_of(const Document& document, uint32_t input) {
  Failures failures;
  failures.start(levels_[0].rows);
  Failures& own = run_.failures();
  Frame frame{run_, levels_, 0};
  run_.set_failures(failures);
  const Vector& value = document.value->evaluate(frame, Rows(std::span(&input, 1)));
  run_.take_failed();
  run_.set_failures(own);
  if (failures.any() || value.is_null(input)) return nullptr;
  return value.of<Json>()[value.at(input)].node;
}

// Whether the query reads a value that a letter would have without the elements that it leaves out.
bool Query::reads_others(size_t depth, size_t row, const JsonNode* document, size_t column,
                         std::span<const Step> steps) const {
  const auto is_read_from = [&](const JsonNode* value, const Read& read) {
    for (const std::string& name : read.path) {
      // In an array a name may be a number.
      if (value && value->kind == JsonKind::kArray) break;
      value = value && value->kind == JsonKind::kObject ? member_of(value, name) : nullptr;
    }
    return value && is_entered(value, steps);
  };
  for (const Read& read : reads_.values) {
    const bool is_any = read.column == "*";
    const auto is_named = [&](const std::string& name) { return is_any || read.column == name; };
    const bool is_of_input = read.table.empty() || read.table == sources_[0].alias;
    for (const Document& each : documents_) {
      if (is_of_input && each.column == column &&
          std::any_of(each.names.begin(), each.names.end(), is_named) &&
          is_read_from(document, read))
        return true;
    }
    for (const Source& source : sources_) {
      if (source.level == 0 || source.level > steps.size()) continue;
      const bool is_of_source = read.table.empty() || read.table == source.alias;
      const bool is_value = read.table.empty() && read.column == source.alias;
      const auto is_column = [&](const Source::Name& name) {
        return name.type == Type(Base::kJsonb) && is_of_source && is_named(name.name);
      };
      if (!is_value && std::none_of(source.columns.begin(), source.columns.end(), is_column))
        continue;
      const uint32_t of_level = levels_[depth].ancestors[source.level][row];
      if (is_read_from(levels_[source.level].origins[of_level].element, read)) return true;
    }
  }
  return false;
}

// False: the input fails as a whole.
bool Query::add_failed_part(size_t depth, size_t row, const Failure& failure) {
  constexpr const char* kLimitExceeded = "54000";
  // Each part costs a look at the whole document, and may have most of it.
  constexpr size_t kMostParts = 1000;
  constexpr size_t kMostBytes = 16 << 20;
  const uint32_t input = levels_[depth].ancestors[0][row];
  if (failed_.has(input) || std::strcmp(failure.state, kLimitExceeded) == 0) return false;
  const JsonNode* document = nullptr;
  size_t column = 0;
  const std::vector<Step> steps = steps_to(depth, row, document, column);
  if (steps.empty() || reads_others(depth, row, document, column, steps)) return false;
  PartKey key = key_of(depth, row);
  key.resize(steps.size() + 1);
  if (parts_.contains(key)) return true;
  PartsOfInput& all = parts_of_[input];
  if (all.count == kMostParts || all.bytes > kMostBytes) return false;
  FailedPart part{failure, column, ""};
  append_only(part.text, document, steps, reads_.names);
  ++all.count;
  all.bytes += part.text.size();
  parts_.emplace(std::move(key), std::move(part));
  return true;
}

}  // namespace sql

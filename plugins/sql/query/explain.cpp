// What EXPLAIN says of a query.
#include "query/query.hpp"

namespace sql {
namespace {

std::string described(const LateralFunction& function, PlanNotes& notes) {
  std::vector<std::string> arguments;
  for (const auto& argument : function.arguments) arguments.push_back(argument->describe(notes));
  return describe_call(function.name, arguments);
}

}  // namespace

std::vector<std::string> Query::explain() const {
  PlanNotes notes;
  notes.columns = column_names_;
  std::vector<std::string> lines;
  for (size_t level = 0; level < levels_.size(); ++level) {
    if (level == 0) {
      std::vector<std::string> read;
      for (size_t i = 0; i < is_read_.size(); ++i) {
        if (is_read_[i]) read.push_back(column_names_[0][i]);
      }
      lines.push_back("Input: reads " + (read.empty() ? "no column" : joined(read, ", ")));
    } else {
      const LateralFunction& function = functions_[level - 1];
      lines.push_back((function.is_outer ? "Rows, or one of NULL, of " : "Rows of ") +
                      described(function, notes) + ": " + joined(column_names_[level], ", "));
      if (function.condition) lines.push_back("  on " + function.condition->describe(notes));
    }
    for (const ExpressionPointer& condition : conditions_[level])
      lines.push_back("  where " + condition->describe(notes));
  }
  lines.emplace_back("Result:");
  for (size_t i = 0; i < targets_.size(); ++i) {
    lines.push_back("  " + result_[i].name + " (" + name_of(result_[i].type) +
                    ") = " + targets_[i]->describe(notes));
  }
  std::vector<std::string> kept;
  // Descriptions may add others.
  for (size_t i = 0; i < notes.kept.size(); ++i) {
    const auto [name, of] = notes.kept[i];
    kept.push_back("  " + name + " = " + of->describe(notes));
  }
  if (!kept.empty()) lines.emplace_back("Read once a row, in one pass:");
  lines.insert(lines.end(), kept.begin(), kept.end());
  if (!notes.folded.empty())
    lines.push_back("Computed once, at the start: " + joined(notes.folded, ", "));
  return lines;
}

}  // namespace sql

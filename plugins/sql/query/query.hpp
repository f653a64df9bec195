// One SELECT, compiled once and run over many batches.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "analysis/analyzer.hpp"
#include "evaluation/set_function.hpp"
#include "query/elements.hpp"
#include "regexps/cache.hpp"
#include "values/json_text.hpp"

namespace sql {

struct ColumnName {
  std::string name;
  Type type;
  bool may_be_null = true;
};

struct InputColumn : ColumnName {
  // Its values arrive as texts, which are read when the query needs them.
  bool is_text_to_read = false;
};

// An item of FROM behind `input`: a function of what stands before it.
struct LateralFunction {
  std::string name;
  std::unique_ptr<SetCall> call;
  std::vector<ExpressionPointer> arguments;
  bool has_ordinality = false;
  bool is_outer = false;  // LEFT JOIN: a row of NULL where there is none
  bool takes_nulls = false;
  // Of LEFT JOIN … ON. Behind the rows of each row above comes a spare one of NULL, which is kept
  // if the condition holds for none of them.
  ExpressionPointer condition;
  std::vector<uint32_t> spares;    // rows of the piece
  std::vector<uint8_t> has_match;  // by row above
};

// The rows that a piece has given.
struct ResultRows {
  std::span<const Vector* const> columns;
  const Rows& rows;
  const std::vector<uint32_t>& inputs;  // of each row of the piece, the row of the input
};

class Query {
 public:
  enum class Faults { kAll, kOfAnalysis };  // those of constants, too, or not
  // Throws QueryError. `input` are the columns of the input; where these are those of messages,
  // `text` and `body` are added.
  Query(const std::string& text, const std::vector<InputColumn>& input,
        Faults faults = Faults::kAll);

  const std::vector<ColumnName>& columns() const { return result_; }
  // EXPLAIN SELECT …: it is there to be explained.
  bool is_explained() const { return is_explained_; }
  // What it does, line by line.
  std::vector<std::string> explain() const;
  // Runs it over the rows in `input`, at most kPieceRows. `give` gets rows in order; of an input
  // that fails, too, those that have not failed themselves.
  using Give = std::function<void(const ResultRows&)>;
  void run(size_t rows, const Give& give);
  // Likewise, of rows with these numbers alone.
  void run(std::span<const uint32_t> rows, const Give& give);
  // To be filled before a run, but for those that it does not read. Of a column that arrives as
  // text the vector is one of texts.
  std::vector<VectorMemory>& input() { return levels_[0].columns; }
  bool reads(size_t column) const { return is_read_[column]; }
  // From now on an input fails as a whole only where the parts of it that fail can't be told.
  void set_keeps_parts() { keeps_parts_ = true; }
  const FailedParts& failed_parts() const { return parts_; }
  // Runs that follow make no rows of these parts.
  void leave_out(std::set<PartKey> parts) { left_out_ = std::move(parts); }
  // An input of which FROM makes more rows fails.
  void set_most_rows(uint32_t rows) { most_rows_ = rows; }
  // Of the run's inputs.
  const Failures& failures() const { return failed_; }
  Arena& arena() { return arena_; }

 private:
  void fold(ExpressionPointer& expression) {
    if (folds_) expression->fold(expression, run_);
  }
  void add_input(const std::vector<InputColumn>& input, const std::string& alias);
  static void refuse_clauses(const Tree& select);
  static std::string alias_of(const Tree& body, const std::string& otherwise);
  void add_from(const Tree& item, bool is_outer);
  void add_join(const Tree& body);
  void add_function(const Tree& body, bool is_outer);
  void add_subselect(const Tree& body, bool is_outer);
  void add_values(const Tree& body, const Tree& lists, bool is_outer);
  void add_select(const Tree& body, const Tree& select, bool is_outer);
  void add_names(Source source, std::vector<Term> row);
  void make_optional(Source& source, ExpressionPointer condition);
  void add_level(LateralFunction function, Source source, const std::vector<Type>& types);
  void add_conditions(const Tree& where, const char* context);
  void add_results(const Tree& targets);
  void run_level(size_t depth, const Give& give);
  bool has_too_many(size_t input) const { return made_[input] > most_rows_; }
  void expand(size_t depth, const Rows& rows, const Give& give);
  void keep_joined(size_t depth);
  Rows filter(size_t depth);
  void give_results(const Rows& rows, const Give& give);
  void note_failures(size_t depth);
  // In parts.cpp.
  struct Document {
    Expression* value;               // of the input's rows
    size_t column;                   // of the input
    std::vector<std::string> names;  // of what has it, or its text
  };
  bool add_failed_part(size_t depth, size_t row, const Failure& failure);
  std::vector<Step> steps_to(size_t depth, size_t row, const JsonNode*& document, size_t& column);
  bool reads_others(size_t depth, size_t row, const JsonNode* document, size_t column,
                    std::span<const Step> steps) const;
  const JsonNode* document_of(const Document& document, uint32_t input);
  PartKey key_of(size_t depth, size_t row) const;
  bool is_left_out(PartKey& above, int64_t number) const;
  Frame frame(size_t depth);

  const bool folds_;
  Arena constants_, arena_;
  JsonReader reader_;
  RegexpCache regexps_;
  Run run_;
  bool is_explained_ = false;
  bool has_input_ = false;  // FROM has named it
  std::vector<Source> sources_;
  std::vector<std::vector<std::string>> column_names_;  // by level
  std::vector<ExpressionPointer> kept_;
  std::vector<LateralFunction> functions_;
  std::vector<std::vector<ExpressionPointer>> conditions_;  // by level
  std::vector<ColumnName> result_;
  std::vector<ExpressionPointer> targets_;

  std::vector<Level> levels_;
  std::vector<bool> is_read_;    // by column of the input
  std::vector<uint32_t> given_;  // rows of the input that are run
  std::vector<uint32_t> made_;   // rows that FROM has made of each of the input
  uint32_t most_rows_ = UINT32_MAX;
  std::vector<Failures> failures_;  // by level
  std::vector<std::vector<uint32_t>> selected_;
  std::vector<const Vector*> vectors_;
  std::vector<uint32_t> good_;  // rows of the last level that have not failed
  std::vector<Document> documents_;
  Reads reads_;
  bool keeps_parts_ = false;
  FailedParts parts_;
  struct PartsOfInput {
    size_t count = 0, bytes = 0;
  };
  std::map<uint32_t, PartsOfInput> parts_of_;
  std::set<PartKey> left_out_;
  Failures failed_;
  Failures of_condition_;
  uint64_t piece_ = 0;
};

}  // namespace sql

// Which of PostgreSQL's types an Arrow column stands for, and the other way round.
#pragma once

#include <penstock/schema.hpp>

#include <optional>

#include "query/query.hpp"

namespace sql {

// What a column of the input is for a query. Nothing: it can't be read, such as a column of another
// plugin whose format has no type.
std::optional<InputColumn> input_column(const penstock::Field& field);

// Those of a schema, in its order; `position` says where the others are.
struct Input {
  std::vector<InputColumn> columns;
  std::vector<size_t> positions;  // in the schema
};
Input input_of(const penstock::Schema& schema);

// How columns of the result travel: as values of their types, or all as PostgreSQL's texts of
// these.
enum class ResultForm { kValues, kTexts };
// Jsonb, numeric, intervals and arrays are texts in any case. An extension names the type of what
// is one.
penstock::Field result_field(const ColumnName& column, ResultForm form);
// Throws QueryError where two columns have one name, which rows on their way may not have.
penstock::Schema result_schema(const std::vector<ColumnName>& columns, ResultForm form);

}  // namespace sql

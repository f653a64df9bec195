#include "rows/column_types.hpp"

#include <penstock/decimal.hpp>

#include <array>
#include <set>

#include "analysis/query_error.hpp"

namespace sql {
namespace {

namespace format = penstock::format;

struct Row {
  std::string_view format;
  Base base;
};
// Integers without a sign have the next type that holds them.
constexpr std::array kInputs{
    Row{format::kUtf8, Base::kText},      Row{format::kLargeUtf8, Base::kText},
    Row{format::kBinary, Base::kBytea},   Row{format::kLargeBinary, Base::kBytea},
    Row{format::kBool, Base::kBoolean},   Row{format::kInt8, Base::kSmallint},
    Row{format::kUint8, Base::kSmallint}, Row{format::kInt16, Base::kSmallint},
    Row{format::kUint16, Base::kInteger}, Row{format::kInt32, Base::kInteger},
    Row{format::kUint32, Base::kBigint},  Row{format::kInt64, Base::kBigint},
    Row{format::kUint64, Base::kNumeric}, Row{format::kFloat32, Base::kReal},
    Row{format::kFloat64, Base::kDouble}, Row{format::kDate32, Base::kDate},
};

std::optional<Base> base_of(std::string_view arrow) {
  for (const Row& row : kInputs) {
    if (row.format == arrow) return row.base;
  }
  if (penstock::decimal_type(arrow)) return Base::kNumeric;
  if (penstock::us_per_unit(arrow) > 0)
    return arrow.ends_with(':') ? Base::kTimestamp : Base::kTimestamptz;
  return std::nullopt;
}

// Nothing: a text is no more than that.
std::optional<Type> type_of_extension(std::string_view name) {
  if (name == penstock::extension::kJson) return Type(Base::kJsonb);
  if (!name.starts_with(penstock::extension::kPostgres)) return std::nullopt;
  name.remove_prefix(std::string_view(penstock::extension::kPostgres).size());
  const bool is_array = name.ends_with("[]");
  if (is_array) name.remove_suffix(2);
  const std::optional<Base> base = find_type(name);
  if (!base) return std::nullopt;
  return Type(*base, is_array);
}

}  // namespace

std::optional<InputColumn> input_column(const penstock::Field& field) {
  const std::optional<Base> base = base_of(field.format);
  if (!base) return std::nullopt;
  InputColumn column{{field.name, *base, field.nullable}};
  if (*base != Base::kText) return column;
  if (const auto type = type_of_extension(field.extension); type && *type != Type(Base::kText)) {
    column.type = *type;
    column.is_text_to_read = true;
  }
  return column;
}

Input input_of(const penstock::Schema& schema) {
  Input input;
  for (size_t i = 0; i < schema.size(); ++i) {
    const std::optional<InputColumn> column = input_column(schema[i]);
    if (!column) continue;
    input.columns.push_back(*column);
    input.positions.push_back(i);
  }
  return input;
}

penstock::Field result_field(const ColumnName& column, ResultForm form) {
  const auto field = [&](const char* arrow, std::string extension = "") {
    return penstock::Field{column.name, arrow, column.may_be_null, std::move(extension)};
  };
  const auto as_text = [&] {
    return field(format::kUtf8, penstock::extension::kPostgres + name_of(column.type));
  };
  if (column.type.is_array || form == ResultForm::kTexts) return as_text();
  switch (column.type.base) {
    case Base::kBoolean: return field(format::kBool);
    case Base::kSmallint: return field(format::kInt16);
    case Base::kInteger: return field(format::kInt32);
    case Base::kBigint: return field(format::kInt64);
    case Base::kReal: return field(format::kFloat32);
    case Base::kDouble: return field(format::kFloat64);
    case Base::kBytea: return field(format::kBinary);
    case Base::kDate: return field(format::kDate32);
    case Base::kTimestamp: return field(format::kLocalTimestampUs);
    case Base::kTimestamptz: return field(format::kTimestampUs);
    case Base::kJsonb: return field(format::kUtf8, penstock::extension::kJson);
    case Base::kNumeric:
    case Base::kInterval: return as_text();
    default: return field(format::kUtf8);
  }
}

penstock::Schema result_schema(const std::vector<ColumnName>& columns, ResultForm form) {
  penstock::Schema schema;
  std::set<std::string> names;
  for (const ColumnName& column : columns) {
    if (!names.insert(column.name).second) {
      throw QueryError("42701", "two columns of the result are named \"" + column.name + "\"", -1,
                       "Name one of them otherwise with AS.");
    }
    schema.push_back(result_field(column, form));
  }
  return schema;
}

}  // namespace sql

// Dead letters of rows as the rows that they were.
#pragma once

#include <penstock/builders.hpp>
#include <penstock/decimal.hpp>
#include <penstock/schema.hpp>

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace file_source {

// What `columns` of a letter says: {"time":"tsu:UTC","value":"g?"}, the Arrow formats by name, with
// ? of those that may be null. "": the columns of points, which letters of versions before 1.5 of
// the plugin ABI do not name. Throws std::exception with a reason.
penstock::Schema parse_columns(const std::string& columns);

class LetterRows {
 public:
  // Throws as parse_columns.
  explicit LetterRows(const std::string& columns);
  ~LetterRows();

  const penstock::Schema& schema() const { return schema_; }
  // Adds the row of a letter, a line of JSON without its end. Throws std::exception with a reason,
  // and adds nothing, unless each value is one of its column, and each member of the line a
  // column's or the letter's own.
  void add(std::string_view line);
  int64_t rows() const { return rows_; }
  ArrowArray finish();

  using Builder = std::variant<penstock::FixedBuilder<int8_t>, penstock::FixedBuilder<uint8_t>,
                               penstock::FixedBuilder<int16_t>, penstock::FixedBuilder<uint16_t>,
                               penstock::FixedBuilder<int32_t>, penstock::FixedBuilder<uint32_t>,
                               penstock::FixedBuilder<int64_t>, penstock::FixedBuilder<uint64_t>,
                               penstock::FixedBuilder<float>, penstock::FixedBuilder<double>,
                               penstock::FixedBuilder<penstock::Decimal128>, penstock::BoolBuilder,
                               penstock::TextBuilder, penstock::LargeTextBuilder>;
  // For a column of an Arrow format; nothing where letters hold none.
  static std::optional<Builder> builder_for(std::string_view format);

 private:
  // Each alternative is the type of its column's values; times and dates count from 1970.
  using Value =
      std::variant<std::monostate, int8_t, uint8_t, int16_t, uint16_t, int32_t, uint32_t, int64_t,
                   uint64_t, float, double, penstock::Decimal128, bool, std::string>;
  struct Reader;

  void read(std::string_view line, std::vector<Value>& values);
  template <class T>
  static T fixed_value(const penstock::Field& field, std::string_view token, bool quoted);

  const bool are_unnamed_;
  const penstock::Schema schema_;
  std::vector<Builder> builders_;
  std::unique_ptr<Reader> reader_;
  int64_t rows_ = 0;
};

}  // namespace file_source

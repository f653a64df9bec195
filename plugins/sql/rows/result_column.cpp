#include "rows/result_column.hpp"

#include <penstock/builders.hpp>

#include <string>

#include "rows/epoch.hpp"
#include "values/value_text.hpp"

namespace sql {
namespace {

// `to_arrow` makes of a T what the builder takes.
template <class T, class Builder, auto to_arrow>
class ConvertedColumn : public ResultColumn {
 public:
  void append(const Vector& values, const Rows& rows) override {
    const T* const from = values.of<T>();
    rows.for_each([&](size_t row) {
      if (values.is_null(row)) builder_.push_null();
      else builder_.push(to_arrow(from[values.at(row)]));
    });
  }
  void truncate(size_t rows) override { builder_.truncate(rows); }
  size_t bytes() override {
    if constexpr (requires { builder_.bytes(); })
      return builder_.bytes().size() + sizeof(int32_t) * builder_.rows();
    else return sizeof(T) * builder_.rows();
  }
  ArrowArray finish() override { return builder_.finish(); }

 private:
  Builder builder_;
};

template <class T>
T as_it_is(T value) {
  return value;
}
std::string_view bytes_of(Bytes value) { return value.bytes; }
int32_t day_of(Date value) { return date_to_1970(value); }
int64_t time_of(Timestamp value) { return time_to_1970(value.us); }
int64_t moment_of(Timestamptz value) { return time_to_1970(value.us); }

template <class T>
using FixedResult = ConvertedColumn<T, penstock::FixedBuilder<T>, as_it_is<T>>;

// Values as their texts.
class TextsOfColumn : public ResultColumn {
 public:
  explicit TextsOfColumn(Type type) : type_(type) {}
  void append(const Vector& values, const Rows& rows) override {
    rows.for_each([&](size_t row) {
      if (values.is_null(row)) {
        builder_.push_null();
        return;
      }
      text_.clear();
      append_text(text_, type_, values.value(row));
      builder_.push(text_);
    });
  }
  void truncate(size_t rows) override { builder_.truncate(rows); }
  size_t bytes() override { return builder_.bytes().size() + sizeof(int32_t) * builder_.rows(); }
  ArrowArray finish() override { return builder_.finish(); }

 private:
  const Type type_;
  std::string text_;
  penstock::TextBuilder builder_;
};

template <class Column>
std::unique_ptr<ResultColumn> made() {
  return std::make_unique<Column>();
}

}  // namespace

std::unique_ptr<ResultColumn> make_result_column(Type type, ResultForm form) {
  if (type.is_array || form == ResultForm::kTexts) return std::make_unique<TextsOfColumn>(type);
  using penstock::FixedBuilder, penstock::TextBuilder;
  switch (type.base) {
    case Base::kBoolean:
      return made<ConvertedColumn<bool, penstock::BoolBuilder, as_it_is<bool>>>();
    case Base::kSmallint: return made<FixedResult<int16_t>>();
    case Base::kInteger: return made<FixedResult<int32_t>>();
    case Base::kBigint: return made<FixedResult<int64_t>>();
    case Base::kReal: return made<FixedResult<float>>();
    case Base::kDouble: return made<FixedResult<double>>();
    case Base::kText: return made<ConvertedColumn<Text, TextBuilder, as_it_is<Text>>>();
    case Base::kBytea: return made<ConvertedColumn<Bytes, TextBuilder, bytes_of>>();
    case Base::kDate: return made<ConvertedColumn<Date, FixedBuilder<int32_t>, day_of>>();
    case Base::kTimestamp:
      return made<ConvertedColumn<Timestamp, FixedBuilder<int64_t>, time_of>>();
    case Base::kTimestamptz:
      return made<ConvertedColumn<Timestamptz, FixedBuilder<int64_t>, moment_of>>();
    default: return std::make_unique<TextsOfColumn>(type);
  }
}

}  // namespace sql

// Encodes columns whose values have a size that is known only after conversion.
#pragma once

#include <penstock/builders.hpp>

#include "fixed_encoder.hpp"

namespace timescale_sink {

// `Convert::append` writes a `From` as the type's receive function reads it; the rest is as in
// FixedEncoder.
template <class From, class Convert>
class PreparedEncoder final : public ColumnEncoder {
 public:
  explicit PreparedEncoder(Convert convert) : convert_(convert) {}

  void judge(const ArrowArray& values, int64_t rows, Judgement& to) const override {
    const Column column(values);
    for (int64_t row = 0; row < rows; ++row) {
      if (convert_.fits(column[row]) || !column.valid(row)) continue;
      to.unfit.push_back({row, convert_.fault(column[row])});
    }
  }

  void measure(const ColumnChunk& chunk, RowNumbers rows, uint32_t* bytes) override {
    const Column column(chunk.values);
    prepared_.clear();
    ends_.clear();
    for (size_t i = 0; i < rows.size(); ++i) {
      const size_t begin = prepared_.size();
      if (column.valid(rows[i])) convert_.append(column[rows[i]], prepared_);
      ends_.push_back(prepared_.size());
      bytes[i] += kLengthBytes + static_cast<uint32_t>(prepared_.size() - begin);
    }
  }

  void write(const ColumnChunk& chunk, RowNumbers rows, char** at) override {
    const Column column(chunk.values);
    size_t begin = 0;
    for (size_t i = 0; i < rows.size(); ++i) {
      const std::string_view value(prepared_.data() + begin, ends_[i] - begin);
      put(at[i], column.valid(rows[i]) ? static_cast<int32_t>(value.size()) : kNullLength);
      put_bytes(at[i], value);
      begin = ends_[i];
    }
  }

 private:
  using Column = typename ColumnOf<From>::Type;

  const Convert convert_;
  penstock::Buffer<char> prepared_;  // values of the rows measured last
  std::vector<size_t> ends_;
};

}  // namespace timescale_sink

#include "insert_writer.hpp"

#include <bit>
#include <deque>
#include <span>

#include "copy_encoder.hpp"

namespace timescale_sink {
namespace {

// Below the protocol's limit of 65,535 parameters a statement (Bind: int16 count).
constexpr size_t kRowsPerStatement = 1000;
constexpr const char* kTypes[] = {"timestamptz", "text", "float8", "text", "int2", "jsonb"};
constexpr const char* kStagedTypes[] = {"int4",  "timestamptz", "bytea", "float8",
                                        "bytea", "int2",        "bytea"};

std::string statement(const std::string& table, bool staged, size_t rows) {
  const auto types = staged ? std::span<const char* const>(kStagedTypes) : kTypes;
  std::string sql = "INSERT INTO " + table + (staged ? " (n, " : " (") + kColumnList + ") VALUES ";
  size_t parameter = 0;
  for (size_t row = 0; row < rows; ++row) {
    for (size_t i = 0; i < types.size(); ++i) {
      sql += i == 0 ? (row == 0 ? "(" : ",(") : ",";
      sql += "$" + std::to_string(++parameter) + "::" + types[i];
    }
    sql += ")";
  }
  return sql;
}

// The parameters of one statement; views into `owned_`, for a mended text lives only in its turn.
class Parameters {
 public:
  explicit Parameters(bool staged) : staged_(staged) {}

  void add(const PointView& point) {
    if (staged_) number(__builtin_bswap32(number_++));
    number(__builtin_bswap64(static_cast<uint64_t>(timestamptz(point.time_us))));
    text(owned_.emplace_back(point.topic));
    if (point.has_value) number(__builtin_bswap64(std::bit_cast<uint64_t>(point.value)));
    else null();
    if (point.has_text) text(owned_.emplace_back(point.text));
    else null();
    number(__builtin_bswap16(static_cast<uint16_t>(point.quality)));
    if (!point.has_metadata) null();
    else if (staged_) text(owned_.emplace_back(point.metadata));
    else text(owned_.emplace_back("\1" + std::string(point.metadata)));
    ++rows_;
  }
  size_t rows() const { return rows_; }

  Failure send(Connection& connection, const std::string& table) {
    Failure failure =
        rows_ ? connection.execute_binary(statement(table, staged_, rows_), values_, lengths_)
              : Failure{};
    values_.clear();
    lengths_.clear();
    owned_.clear();
    rows_ = 0;
    return failure;
  }

 private:
  template <class T>
  void number(T big_endian) {
    text(owned_.emplace_back(reinterpret_cast<const char*>(&big_endian), sizeof(big_endian)));
  }
  void text(std::string_view value) {
    // A pointer that is not null, for an empty text is not NULL.
    values_.push_back(value.data() ? value.data() : "");
    lengths_.push_back(static_cast<int>(value.size()));
  }
  void null() {
    values_.push_back(nullptr);
    lengths_.push_back(0);
  }

  std::vector<const char*> values_;
  std::vector<int> lengths_;
  std::deque<std::string> owned_;
  size_t rows_ = 0;
  const bool staged_;
  uint32_t number_ = 0;  // of the next staged row
};

}  // namespace

Failure insert_points(Connection& connection, const std::string& table, bool staged,
                      const PointReader& points) {
  Failure failure;
  Parameters parameters(staged);
  points.for_each([&](const PointView& point) {
    if (failure) return;
    parameters.add(point);
    if (parameters.rows() == kRowsPerStatement) failure = parameters.send(connection, table);
  });
  return failure ? failure : parameters.send(connection, table);
}

}  // namespace timescale_sink

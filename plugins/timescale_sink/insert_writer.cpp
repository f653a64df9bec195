#include "insert_writer.hpp"

#include <bit>
#include <deque>

#include "copy_encoder.hpp"

namespace timescale_sink {
namespace {

// Below the protocol's limit of 65,535 parameters a statement (Bind: int16 count).
constexpr size_t kRowsPerStatement = 1000;
constexpr const char* kTypes[] = {"timestamptz", "text", "float8", "text", "int2", "jsonb"};

std::string statement(const std::string& table, size_t rows) {
  std::string sql = "INSERT INTO " + table + " (" + kColumnList + ") VALUES ";
  size_t parameter = 0;
  for (size_t row = 0; row < rows; ++row) {
    for (size_t i = 0; i < std::size(kTypes); ++i) {
      sql += i == 0 ? (row == 0 ? "(" : ",(") : ",";
      sql += "$" + std::to_string(++parameter) + "::" + kTypes[i];
    }
    sql += ")";
  }
  return sql;
}

// The parameters of one statement; views into the batch, or into `owned_`.
class Parameters {
 public:
  void add(const PointView& point) {
    number(__builtin_bswap64(static_cast<uint64_t>(timestamptz(point.time_us))));
    text(point.topic);
    if (point.has_value) number(__builtin_bswap64(std::bit_cast<uint64_t>(point.value)));
    else null();
    if (point.has_text) text(point.text);
    else null();
    number(__builtin_bswap16(static_cast<uint16_t>(point.quality)));
    if (point.has_metadata) text(owned_.emplace_back("\1" + std::string(point.metadata)));
    else null();
    ++rows_;
  }
  size_t rows() const { return rows_; }

  Failure send(Connection& connection, const std::string& table) {
    Failure failure =
        rows_ ? connection.execute_binary(statement(table, rows_), values_, lengths_) : Failure{};
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
};

}  // namespace

Failure insert_points(Connection& connection, const std::string& table,
                      const penstock::Batch& batch, const std::string& first,
                      const std::function<ChunkChoice(const PGresult*)>& choose) {
  ChunkChoice chunks;
  Failure failure = connection.execute("BEGIN;" + first, [&](const PGresult* result) {
    if (!first.empty()) chunks = choose(result);
  });
  Parameters parameters;
  PointReader(batch, chunks).for_each([&](const PointView& point) {
    if (failure) return;
    parameters.add(point);
    if (parameters.rows() == kRowsPerStatement) failure = parameters.send(connection, table);
  });
  if (!failure) failure = parameters.send(connection, table);
  if (!failure) return connection.execute("COMMIT");
  if (connection.is_open() && connection.execute("ROLLBACK")) connection.close();
  return failure;
}

}  // namespace timescale_sink

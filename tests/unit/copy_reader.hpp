// Reads what encode_copy wrote, as PostgreSQL "COPY", "Binary Format" has it. Throws where it ends
// too early.
#pragma once

#include <cstdint>
#include <stdexcept>
#include <string_view>

namespace test_plans {

class CopyReader {
 public:
  explicit CopyReader(std::string_view bytes) : rest_(bytes) {
    constexpr std::string_view kBegin("PGCOPY\n\377\r\n\0\0\0\0\0\0\0\0\0", 19);
    if (take(kBegin.size()) != kBegin) throw std::runtime_error("not a COPY");
  }
  template <class T>
  T number() {
    return static_cast<T>(number_of(take(sizeof(T))));
  }
  static uint64_t number_of(std::string_view bytes) {
    uint64_t value = 0;
    for (const char c : bytes) value = value << 8 | static_cast<unsigned char>(c);
    return value;
  }
  // False: null.
  bool field(std::string_view& bytes) {
    const auto size = number<int32_t>();
    if (size < -1) throw std::runtime_error("a length below -1");
    bytes = size < 0 ? std::string_view() : take(static_cast<size_t>(size));
    return size >= 0;
  }
  template <class T>
  T fixed_field() {
    if (number<int32_t>() != sizeof(T)) throw std::runtime_error("another length");
    return number<T>();
  }
  bool at_end() const { return rest_.empty(); }

 private:
  std::string_view take(size_t count) {
    if (count > rest_.size()) throw std::runtime_error("it ends too early");
    const std::string_view bytes = rest_.substr(0, count);
    rest_.remove_prefix(count);
    return bytes;
  }
  std::string_view rest_;
};

}  // namespace test_plans

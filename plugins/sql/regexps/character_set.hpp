// Sets of characters, as those of a bracket expression.
#pragma once

#include <string_view>
#include <vector>

namespace sql {

class CharacterSet {
 public:
  struct Range {
    char32_t first, last;
    bool operator==(const Range&) const = default;
  };
  static constexpr char32_t kLast = 0x10FFFF;

  CharacterSet() = default;
  CharacterSet(char32_t first, char32_t last) { add(first, last); }

  // What is beyond kLast is in no text.
  void add(char32_t first, char32_t last);
  void add(const CharacterSet& other);
  CharacterSet complement() const;

  bool contains(char32_t c) const;
  bool intersects(const CharacterSet& other) const;
  bool is_within(const CharacterSet& other) const { return !intersects(other.complement()); }
  bool operator==(const CharacterSet&) const = default;
  // Rising, and with gaps between them.
  const std::vector<Range>& ranges() const { return ranges_; }

 private:
  std::vector<Range> ranges_;
};

// What [:NAME:] stands for in the locale C.UTF-8 (regc_locale.c, regc_pg_locale.c). Nothing: there
// is no such class.
const CharacterSet* class_of(std::string_view name);

// The character in both cases; of one that has no other, it alone (allcases of regc_locale.c).
CharacterSet in_both_cases(char32_t c);
// A range, with the other cases of what is in it (range of regc_locale.c).
CharacterSet in_both_cases(char32_t first, char32_t last);

}  // namespace sql

// Arrays' texts: {1,NULL,"a b"}, and with bounds that do not begin at 1: [2:3]={1,2}.
#include <algorithm>
#include <cstdlib>

#include "values/array.hpp"
#include "values/value_text.hpp"

namespace sql {
namespace {

bool is_space_in_array(char c) { return kSpaces.find(c) != kSpaces.npos; }

bool is_word_null(std::string_view word) {
  constexpr std::string_view kNull = "null";
  if (word.size() != kNull.size()) return false;
  for (size_t i = 0; i < word.size(); ++i) {
    if ((word[i] | 0x20) != kNull[i]) return false;
  }
  return true;
}

// Reads what array_in of arrayfuncs.c reads, whose ArrayCount and ReadArrayStr are the two passes
// here: what shape the braces have, and then the elements.
class ArrayReader {
 public:
  ArrayReader(Run& run, Base element, Text text) : run_(run), element_(element), text_(text) {}

  std::optional<Array> read() {
    if (!read_bounds()) return std::nullopt;
    const int given = body_.dimensions;
    begin_ = at_;
    if (!measure()) return std::nullopt;
    if (given > 0 && !check_bounds(given)) return std::nullopt;
    if (given == 0) std::fill_n(body_.lower_bounds, dimensions_, 1);
    int64_t size = dimensions_ > 0;
    for (int i = 0; i < dimensions_; ++i) size *= lengths_[i];
    if (size == 0) return make_empty_array(run_, element_);
    body_.dimensions = dimensions_;
    std::copy_n(lengths_, dimensions_, body_.lengths);
    for (int i = 0; i < dimensions_; ++i) {
      int32_t end;
      if (!__builtin_add_overflow(body_.lower_bounds[i], lengths_[i], &end)) continue;
      return fail("54000",
                  "array lower bound is too large: " + std::to_string(body_.lower_bounds[i]));
    }
    at_ = begin_;
    return read_elements(size);
  }

 private:
  static constexpr int kMost = ArrayBody::kMostDimensions;

  std::nullopt_t fail(const char* state, const std::string& message) {
    run_.fail(state, message);
    return std::nullopt;
  }
  // The braces are told from where they begin on.
  bool malformed(size_t from = 0) {
    run_.fail("22P02", "malformed array literal: \"" + std::string(text_.substr(from)) + "\"");
    return false;
  }
  char peek() const { return at_ < text_.size() ? text_[at_] : '\0'; }
  void skip_spaces() {
    while (at_ < text_.size() && is_space_in_array(text_[at_])) ++at_;
  }
  bool too_many(int dimensions) {
    run_.fail("54000", "number of array dimensions (" + std::to_string(dimensions) +
                           ") exceeds the maximum allowed (6)");
    return false;
  }

  // What C's atoi makes of digits and signs.
  bool read_bound(int32_t& bound) {
    const size_t begin = at_;
    while ((peek() >= '0' && peek() <= '9') || peek() == '-' || peek() == '+') ++at_;
    if (at_ == begin) return malformed();
    const std::string digits(text_.substr(begin, at_ - begin));
    bound = static_cast<int32_t>(std::strtol(digits.c_str(), nullptr, 10));
    return true;
  }
  bool read_bounds() {
    int& count = body_.dimensions;
    for (skip_spaces(); peek() == '['; skip_spaces()) {
      ++at_;
      if (count == kMost) return too_many(count + 1);
      int32_t lower = 1, upper = 0;
      if (!read_bound(upper)) return false;
      if (peek() == ':') {
        lower = upper;
        ++at_;
        if (!read_bound(upper)) return false;
      }
      if (peek() != ']') return malformed();
      ++at_;
      if (upper < lower) {
        run_.fail("2202E", "upper bound cannot be less than lower bound");
        return false;
      }
      body_.lower_bounds[count] = lower;
      given_lengths_[count++] = int64_t{upper} - lower + 1;
    }
    if (count > 0) {
      if (peek() != '=') return malformed();
      ++at_;
      skip_spaces();
    }
    return peek() == '{' || malformed();
  }
  bool check_bounds(int given) {
    if (dimensions_ != given) return malformed();
    for (int i = 0; i < given; ++i) {
      if (given_lengths_[i] != lengths_[i]) return malformed();
    }
    return true;
  }

  // What has been read last.
  enum class Seen {
    kNothing,
    kOpening,         // {
    kElement,         // some of one
    kQuoted,          // inside quotes
    kQuotedElement,   // up to the closing quote
    kClosing,         // }
    kComma,           // behind an element
    kCommaOfClosing,  // behind a }
  };
  static bool begins_element(Seen seen) { return seen == Seen::kOpening || seen == Seen::kComma; }
  static bool ends_element(Seen seen) {
    return seen == Seen::kElement || seen == Seen::kQuotedElement || seen == Seen::kClosing;
  }

  bool open(Seen seen) {
    if (seen != Seen::kNothing && seen != Seen::kOpening && seen != Seen::kCommaOfClosing)
      return malformed(begin_);
    if (depth_ == kMost) return too_many(depth_ + 1);
    lengths_[depth_] = 0;
    items_[depth_] = 1;
    ++depth_;
    dimensions_ = std::max(dimensions_, depth_);
    return true;
  }
  bool close(Seen seen) {
    if (!ends_element(seen) && !(depth_ == 1 && seen == Seen::kOpening)) return malformed(begin_);
    --depth_;
    // All that are on a level have as many items.
    if (items_of_last_[depth_] != 0 && items_of_last_[depth_] != items_[depth_])
      return malformed(begin_);
    items_of_last_[depth_] = items_[depth_];
    if (depth_ > 0) ++lengths_[depth_ - 1];
    return true;
  }

  // Its dimensions, of which there are none if it is empty.
  bool measure() {
    Seen seen = Seen::kNothing;
    bool is_empty = true;
    do {
      if (at_ >= text_.size()) return malformed(begin_);
      const char c = text_[at_++];
      is_empty = is_empty && seen != Seen::kElement && seen != Seen::kQuoted;
      if (c == '\\') {
        if (!begins_element(seen) && seen != Seen::kElement && seen != Seen::kQuoted)
          return malformed(begin_);
        if (seen != Seen::kQuoted) seen = Seen::kElement;
        if (at_++ == text_.size()) return malformed(begin_);
      } else if (c == '"') {
        if (seen == Seen::kQuoted) seen = Seen::kQuotedElement;
        else if (begins_element(seen)) seen = Seen::kQuoted;
        else return malformed(begin_);
      } else if (seen == Seen::kQuoted) {
        continue;
      } else if (c == '{') {
        if (!open(seen)) return false;
        seen = Seen::kOpening;
      } else if (c == '}') {
        if (!close(seen)) return false;
        seen = Seen::kClosing;
        if (depth_ == 0) ++lengths_[dimensions_ - 1];
      } else if (c == ',') {
        if (!ends_element(seen)) return malformed(begin_);
        seen = seen == Seen::kClosing ? Seen::kCommaOfClosing : Seen::kComma;
        ++items_[depth_ - 1];
        ++lengths_[dimensions_ - 1];
      } else if (!is_space_in_array(c)) {
        if (!begins_element(seen) && seen != Seen::kElement) return malformed(begin_);
        seen = Seen::kElement;
      }
    } while (depth_ > 0);
    skip_spaces();
    if (at_ < text_.size()) return malformed(begin_);
    if (is_empty) dimensions_ = 0;
    return true;
  }

  // An element's text without quotes and escapes goes to `to_`. It is whole at a comma or brace.
  void read_item(bool& is_quoted) {
    size_t kept = 0;
    bool in_quotes = false;
    is_quoted = false;
    item_ = to_;
    for (; at_ < text_.size(); ++at_) {
      const char c = text_[at_];
      if (!in_quotes && (c == ',' || c == '}' || c == '{')) break;
      if (c == '"' || c == '\\') is_quoted = true;
      if (c == '"') {
        in_quotes = !in_quotes;
        kept = static_cast<size_t>(to_ - item_);
        continue;
      }
      if (!in_quotes && c != '\\' && is_space_in_array(c)) {
        if (to_ != item_) *to_++ = c;  // kept if something follows
        continue;
      }
      *to_++ = c == '\\' ? text_[++at_] : c;
      if (!in_quotes) kept = static_cast<size_t>(to_ - item_);
    }
    item_size_ = kept;
  }

  std::optional<Array> read_elements(int64_t size) {
    auto* const nulls =
        reinterpret_cast<uint8_t*>(run_.arena().allocate(static_cast<size_t>(size)));
    std::fill_n(nulls, size, uint8_t{1});
    const size_t bytes = size_of(Type(element_));
    char* const values = run_.arena().allocate(bytes * static_cast<size_t>(size));
    std::fill_n(values, bytes * static_cast<size_t>(size), '\0');
    to_ = run_.arena().allocate(text_.size());
    int64_t products[kMost];
    int64_t product = 1;
    for (int i = dimensions_ - 1; i >= 0; product *= lengths_[i--]) products[i] = product;
    int32_t places[kMost] = {};
    bool has_nulls = false;
    depth_ = 0;
    do {
      bool is_quoted = false;
      // Where the item is: of the braces that close behind it, the first one counts.
      int64_t place = -1;
      const auto note_place = [&] {
        if (place >= 0) return;
        place = 0;
        for (int i = 0; i < dimensions_; ++i) place += products[i] * places[i];
      };
      for (skip_spaces(); peek() == '{'; skip_spaces()) {
        ++at_;
        places[depth_++] = 0;
      }
      read_item(is_quoted);
      for (skip_spaces(); depth_ > 0 && peek() == '}'; skip_spaces()) {
        ++at_;
        note_place();
        places[--depth_] = 0;
        if (depth_ > 0) ++places[depth_ - 1];
      }
      if (depth_ > 0) {
        ++at_;  // a comma
        note_place();
        ++places[dimensions_ - 1];
      }
      if (place >= size) {
        malformed(begin_);
        return std::nullopt;
      }
      const Text item(item_, item_size_);
      if (!is_quoted && is_word_null(item)) {
        has_nulls = true;
        continue;
      }
      nulls[place] = 0;
      if (!read_text(run_, Type(element_), item, values + bytes * static_cast<size_t>(place)))
        return std::nullopt;
    } while (depth_ > 0);
    for (int64_t i = 0; i < size && !has_nulls; ++i) has_nulls = nulls[i] != 0;
    body_.element = element_;
    body_.size = static_cast<int32_t>(size);
    body_.values = values;
    body_.nulls = has_nulls ? nulls : nullptr;
    auto* const kept = run_.arena().allocate_array<ArrayBody>(1);
    *kept = body_;
    return Array{kept};
  }

  Run& run_;
  const Base element_;
  const Text text_;
  size_t at_ = 0, begin_ = 0;
  ArrayBody body_{};
  int64_t given_lengths_[kMost] = {};
  int32_t lengths_[kMost] = {};
  int32_t items_[kMost] = {};          // of the present list on each level
  int32_t items_of_last_[kMost] = {};  // of the one before it; 0: there was none
  int dimensions_ = 0, depth_ = 0;
  char* to_ = nullptr;
  const char* item_ = nullptr;
  size_t item_size_ = 0;
};

bool needs_quotes(std::string_view text) {
  return text.empty() || is_word_null(text) ||
         text.find_first_of("\"\\{}, \t\n\v\f\r") != text.npos;
}

void append_element(std::string& to, Element element) {
  if (element.value == nullptr) {
    to += "NULL";
    return;
  }
  const size_t begin = to.size();
  append_text(to, Type(element.type), element.value);
  if (!needs_quotes(std::string_view(to).substr(begin))) return;
  const std::string plain = to.substr(begin);
  to.resize(begin);
  to += '"';
  for (const char c : plain) {
    if (c == '"' || c == '\\') to += '\\';
    to += c;
  }
  to += '"';
}

void append_dimension(std::string& to, const ArrayBody& array, int dimension, int32_t& next) {
  to += '{';
  for (int32_t i = 0; i < array.lengths[dimension]; ++i) {
    if (i > 0) to += ',';
    if (dimension + 1 < array.dimensions) append_dimension(to, array, dimension + 1, next);
    else append_element(to, get_element(array, next++));
  }
  to += '}';
}

}  // namespace

std::optional<Array> read_array(Run& run, Base element, Text text) {
  return ArrayReader(run, element, text).read();
}

// array_out.
void append_text(std::string& to, Array value) {
  const ArrayBody& array = *value.body;
  if (array.dimensions == 0) {
    to += "{}";
    return;
  }
  bool has_bounds = false;
  for (int i = 0; i < array.dimensions; ++i) has_bounds |= array.lower_bounds[i] != 1;
  for (int i = 0; has_bounds && i < array.dimensions; ++i) {
    const int64_t lower = array.lower_bounds[i];
    to += '[' + std::to_string(lower) + ':' + std::to_string(lower + array.lengths[i] - 1) + ']';
  }
  if (has_bounds) to += '=';
  int32_t next = 0;
  append_dimension(to, array, 0, next);
}

}  // namespace sql

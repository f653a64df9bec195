// format(), and what it has in common with quote_ident and its siblings.
#include "catalogue/catalogue.hpp"
#include "values/quoting.hpp"
#include "values/utf8.hpp"
#include "values/value_text.hpp"

namespace sql {
namespace {

Text quoted_identifier(Run& run, Text name) {
  std::string text;
  append_identifier(text, name);
  return run.arena().copy(text);
}
Text quoted_literal(Run& run, Text value) {
  std::string text;
  append_literal(text, value);
  return run.arena().copy(text);
}
Text quoted_or_null(Run& run, std::optional<Text> value) {
  return value ? quoted_literal(run, *value) : Text("NULL");
}

// '%-10s %2$I %L': what stands behind a % (text_format of varlena.c).
class Formatter {
 public:
  Formatter(Run& run, Arguments arguments) : run_(run), arguments_(arguments) {}

  // False: it has failed.
  bool apply(Text format, size_t row, std::string& to) {
    format_ = format;
    row_ = row;
    at_ = last_ = 0;
    to_ = &to;
    while (at_ < format_.size()) {
      const char c = format_[at_++];
      if (c != '%') {
        to += c;
        continue;
      }
      if (!has_more()) return false;
      if (format_[at_] == '%') {
        to += '%';
        ++at_;
      } else if (!apply_one()) {
        return false;
      }
    }
    return true;
  }

 private:
  struct Specifier {
    int argument = 0;  // 0: the next
    bool is_left = false;
    int width = 0;
    std::optional<int> width_argument = {};
  };

  bool fail(const char* state, const std::string& message) {
    run_.fail(state, message);
    return false;
  }
  bool has_more() {
    return at_ < format_.size() || fail("22023", "unterminated format() type specifier");
  }
  bool is_position(int number) {
    return number != 0 ||
           fail("22023", "format specifies argument 0, but arguments are numbered from 1");
  }

  // Nothing is read: there are no digits. False: it has failed.
  bool read_number(std::optional<int>& number) {
    number.reset();
    while (format_[at_] >= '0' && format_[at_] <= '9') {
      int value = number.value_or(0);
      if (__builtin_mul_overflow(value, 10, &value) ||
          __builtin_add_overflow(value, format_[at_] - '0', &value)) {
        return fail("22003", "number is out of range");
      }
      number = value;
      ++at_;
      if (!has_more()) return false;
    }
    return true;
  }

  // text_format_parse_format
  bool read_specifier(Specifier& specifier) {
    std::optional<int> number;
    if (!read_number(number)) return false;
    if (number && format_[at_] != '$') {
      specifier.width = *number;
      return true;
    }
    if (number) {
      specifier.argument = *number;
      if (!is_position(*number)) return false;
      ++at_;
      if (!has_more()) return false;
    }
    while (format_[at_] == '-') {
      specifier.is_left = true;
      ++at_;
      if (!has_more()) return false;
    }
    if (format_[at_] == '*') {
      ++at_;
      return has_more() && read_width_argument(specifier);
    }
    if (!read_number(number)) return false;
    specifier.width = number.value_or(0);
    return true;
  }
  bool read_width_argument(Specifier& specifier) {
    std::optional<int> number;
    if (!read_number(number)) return false;
    specifier.width_argument = number.value_or(0);
    if (!number) return true;
    if (format_[at_] != '$') return fail("22023", "width argument position must be ended by \"$\"");
    if (!is_position(*number)) return false;
    ++at_;
    return has_more();
  }

  bool apply_one() {
    Specifier specifier;
    if (!read_specifier(specifier)) return false;
    const char kind = format_[at_];
    if (kind != 's' && kind != 'I' && kind != 'L') {
      const Text shown = format_.substr(at_, bytes_of_character(kind));
      return fail("22023", "unrecognized format() type specifier \"" + std::string(shown) + "\"");
    }
    ++at_;
    if (specifier.width_argument && !take_width(specifier)) return false;
    const Vector* const argument = take(specifier.argument);
    if (argument == nullptr) return false;
    text_.clear();
    return write(*argument, kind) && put(specifier);
  }

  const Vector* take(int position) {
    last_ = position > 0 ? static_cast<size_t>(position) : last_ + 1;
    if (last_ < arguments_.size()) return arguments_[last_];
    run_.fail("22023", "too few arguments for format()");
    return nullptr;
  }

  bool take_width(Specifier& specifier) {
    const Vector* const argument = take(*specifier.width_argument);
    if (argument == nullptr) return false;
    if (argument->is_null(row_)) return true;
    text_.clear();
    append_text(text_, argument->type, argument->value(row_));
    const auto width = read_text<int32_t>(run_, text_);
    if (!width) return false;
    specifier.width = *width;
    return true;
  }

  bool write(const Vector& argument, char kind) {
    if (argument.is_null(row_)) {
      if (kind == 'I') return fail("22004", "null values cannot be formatted as an SQL identifier");
      if (kind == 'L') text_ = "NULL";
      return true;
    }
    append_text(text_, argument.type, argument.value(row_));
    if (kind == 's') return true;
    quoted_.clear();
    if (kind == 'I') append_identifier(quoted_, text_);
    else append_literal(quoted_, text_);
    text_.swap(quoted_);
    return true;
  }

  bool put(const Specifier& specifier) {
    // PostgreSQL's limit is 1 GB; a message makes no such text by intention.
    constexpr int64_t kMostBytes = 16 << 20;
    if (specifier.width == INT32_MIN) return fail("22003", "number is out of range");
    const bool is_left = specifier.is_left || specifier.width < 0;
    const int64_t width = std::abs(int64_t{specifier.width});
    const int64_t missing = width - static_cast<int64_t>(count_characters(text_));
    if (missing > kMostBytes) return fail("54000", "requested length too large");
    const auto blanks = static_cast<size_t>(std::max<int64_t>(missing, 0));
    if (!is_left) to_->append(blanks, ' ');
    *to_ += text_;
    if (is_left) to_->append(blanks, ' ');
    const bool fits = to_->size() <= static_cast<size_t>(kMostBytes);
    return fits || fail("54000", "requested length too large");
  }

  Run& run_;
  const Arguments arguments_;
  Text format_;
  size_t row_ = 0, at_ = 0, last_ = 0;
  std::string* to_ = nullptr;
  std::string text_, quoted_;
};

void format(Run& run, const Rows& rows, Arguments arguments, Vector& out) {
  Formatter formatter(run, arguments);
  std::string text;
  out.is_constant = false;
  out.may_be_null = true;
  rows.for_each([&](size_t row) {
    out.nulls[row] = arguments[0]->is_null(row);
    if (out.nulls[row]) return;
    run.set_row(row);
    text.clear();
    if (formatter.apply(arguments[0]->of<Text>()[arguments[0]->at(row)], row, text))
      out.of<Text>()[row] = run.arena().copy(text);
    if (run.take_failed()) out.nulls[row] = 1;
  });
}

// Of any type, as its text.
template <auto function>
void add_of_any(Catalogue& to, std::string_view name) {
  using Of = KernelOf<function>;
  Routine of_any{name, {Base::kAnyElement}, Base::kText, Of::kKernel};
  of_any.takes_texts = true;
  of_any.is_strict = Of::kIsStrict;
  to.add_function<function>(name);
  to.add_function(of_any);
}

}  // namespace

void add_formats(Catalogue& to) {
  to.add_function({"format", {Base::kText, Base::kAny}, Base::kText, format, true});
  to.add_function({"format", {Base::kText}, Base::kText, format});
  to.add_function<quoted_identifier>("quote_ident");
  add_of_any<quoted_literal>(to, "quote_literal");
  add_of_any<quoted_or_null>(to, "quote_nullable");
}

}  // namespace sql

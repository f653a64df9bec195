// The grammar of jsonpath (jsonpath_gram.y).
#include <algorithm>
#include <charconv>
#include <map>

#include "values/json_path.hpp"
#include "values/json_path_words.hpp"
#include "values/numeric_math.hpp"

namespace sql {
namespace {

// What we lack of the language, and what to say of it.
constexpr std::pair<std::string_view, std::string_view> kRefusedMethods[]{
    {"datetime", "jsonpath's .datetime() is not supported; cast the text to timestamptz"},
    {"keyvalue", "jsonpath's .keyvalue() is not supported; use jsonb_each"},
};
constexpr std::pair<std::string_view, PathKind> kMethods[]{
    {"type", PathKind::kType}, {"size", PathKind::kSize},   {"double", PathKind::kDouble},
    {"abs", PathKind::kAbs},   {"floor", PathKind::kFloor}, {"ceiling", PathKind::kCeiling},
};
constexpr std::pair<std::string_view, PathKind> kComparisonSigns[]{
    {"==", PathKind::kEqual},          {"!=", PathKind::kNotEqual},
    {"<>", PathKind::kNotEqual},       {"<", PathKind::kLess},
    {"<=", PathKind::kLessOrEqual},    {">", PathKind::kGreater},
    {">=", PathKind::kGreaterOrEqual},
};
constexpr std::pair<std::string_view, PathKind> kSums[]{{"+", PathKind::kAdd},
                                                        {"-", PathKind::kSubtract}};
constexpr std::pair<std::string_view, PathKind> kProducts[]{
    {"*", PathKind::kMultiply}, {"/", PathKind::kDivide}, {"%", PathKind::kRemainder}};

template <size_t n, class Value>
const Value* look_up(const std::pair<std::string_view, Value> (&table)[n], std::string_view word) {
  for (const auto& [name, value] : table) {
    if (name == word) return &value;
  }
  return nullptr;
}

class PathReader {
 public:
  PathReader(Run& run, std::string_view text) : run_(run), words_(run, text) {}

  const PathProgram* read(std::string_view text) {
    if (!advance()) return nullptr;
    if (word_.kind == PathWord::kEnd) {
      fail("22P02", "invalid input syntax for type jsonpath: \"" + std::string(text) + "\"");
      return nullptr;
    }
    bool is_lax = true;
    for (const std::string_view mode : {"strict", "lax"}) {
      if (!is_name(mode)) continue;
      is_lax = mode == "lax";
      if (!advance()) return nullptr;
      break;
    }
    PathStep* const begin = read_any();
    if (begin == nullptr) return nullptr;
    if (word_.kind != PathWord::kEnd) {
      syntax_error();
      return nullptr;
    }
    if (!check(begin, false, false)) return nullptr;
    auto* const program = run_.arena().allocate_array<PathProgram>(1);
    *program = {is_lax, begin};
    return program;
  }

 private:
  static constexpr int kMostNested = 500;

  // Null, always, so that it can be returned.
  PathStep* fail(const char* state, std::string_view message) {
    run_.fail(state, std::string(message));
    return nullptr;
  }
  PathStep* syntax_error() {
    if (word_.shown.empty()) return fail("42601", "syntax error at end of jsonpath input");
    return fail("42601",
                "syntax error at or near \"" + std::string(word_.shown) + "\" of jsonpath input");
  }
  bool advance() { return words_.read(word_); }
  bool is_sign(std::string_view sign) const {
    return word_.kind == PathWord::kSign && word_.text == sign;
  }
  // Keywords are written in any case, but true, false and null in small letters only.
  bool is_name(std::string_view name) const {
    if (word_.kind != PathWord::kName || word_.text.size() != name.size()) return false;
    return std::equal(name.begin(), name.end(), word_.text.begin(), [](char c, char ours) {
      return c == (ours >= 'A' && ours <= 'Z' ? ours | 0x20 : ours);
    });
  }
  bool expect(std::string_view sign) {
    if (is_sign(sign)) return advance();
    syntax_error();
    return false;
  }

  PathStep* make(PathKind kind, const PathStep* left = nullptr, const PathStep* right = nullptr) {
    auto* const step = run_.arena().allocate_array<PathStep>(1);
    *step = PathStep{};
    step->kind = kind;
    step->left = left;
    step->right = right;
    return step;
  }
  PathStep* make_literal(JsonKind kind, std::string_view text) {
    auto* const node = run_.arena().allocate_array<JsonNode>(1);
    const std::string_view kept = run_.arena().copy(text);
    node->text = kept.data();
    node->size = static_cast<uint32_t>(kept.size());
    node->next = 1;
    node->kind = kind;
    PathStep* const step = make(PathKind::kLiteral);
    step->literal = node;
    return step;
  }
  static bool is_condition(const PathStep* step) {
    return is_predicate(step->kind) && step->next == nullptr;
  }

  // An expression or a predicate.
  PathStep* read_any() {
    if (++nested_ > kMostNested) return fail("54001", "stack depth limit exceeded");
    PathStep* left = read_all();
    while (left && is_sign("||")) {
      if (!is_condition(left)) return syntax_error();
      if (!advance()) return nullptr;
      PathStep* const right = read_all();
      if (right == nullptr) return nullptr;
      if (!is_condition(right)) return syntax_error();
      left = make(PathKind::kOr, left, right);
    }
    --nested_;
    return left;
  }
  PathStep* read_all() {
    PathStep* left = read_comparison();
    while (left && is_sign("&&")) {
      if (!is_condition(left)) return syntax_error();
      if (!advance()) return nullptr;
      PathStep* const right = read_comparison();
      if (right == nullptr) return nullptr;
      if (!is_condition(right)) return syntax_error();
      left = make(PathKind::kAnd, left, right);
    }
    return left;
  }

  PathStep* read_comparison() {
    if (is_sign("!")) return read_negation();
    if (is_name("exists")) return read_exists();
    const bool is_bracketed = is_sign("(");
    PathStep* const left = read_sum();
    if (left == nullptr) return nullptr;
    if (is_condition(left)) {
      if (!is_bracketed || !is_name("is")) return left;
      if (!advance()) return nullptr;
      if (!is_name("unknown")) return syntax_error();
      return advance() ? make(PathKind::kIsUnknown, left) : nullptr;
    }
    if (is_name("like_regex"))
      return fail("0A000",
                  "jsonpath's like_regex is not supported; use ~ with a regular expression");
    if (is_name("starts")) return read_start(left);
    const PathKind* const kind =
        word_.kind == PathWord::kSign ? look_up(kComparisonSigns, word_.text) : nullptr;
    if (kind == nullptr) return left;
    if (!advance()) return nullptr;
    PathStep* const right = read_sum();
    if (right == nullptr) return nullptr;
    return is_condition(right) ? syntax_error() : make(*kind, left, right);
  }
  PathStep* read_negation() {
    if (!advance()) return nullptr;
    PathStep* of = nullptr;
    if (is_name("exists")) {
      of = read_exists();
    } else if (is_sign("(")) {
      of = read_bracket();
      if (of && !is_condition(of)) return syntax_error();
    } else {
      return syntax_error();
    }
    return of ? make(PathKind::kNot, of) : nullptr;
  }
  PathStep* read_start(const PathStep* left) {
    if (!advance()) return nullptr;
    if (!is_name("with")) return syntax_error();
    if (!advance()) return nullptr;
    if (word_.kind == PathWord::kVariable) return refuse_variable();
    if (word_.kind != PathWord::kString) return syntax_error();
    PathStep* const right = make_literal(JsonKind::kString, word_.text);
    return advance() ? make(PathKind::kStartsWith, left, right) : nullptr;
  }
  // `exists` has been seen, and not passed.
  PathStep* read_exists() {
    if (!advance() || !expect("(")) return nullptr;
    PathStep* const of = read_expression();
    return of && expect(")") ? make(PathKind::kExists, of) : nullptr;
  }

  template <size_t n>
  const PathKind* operation_among(const std::pair<std::string_view, PathKind> (&table)[n]) const {
    return word_.kind == PathWord::kSign ? look_up(table, word_.text) : nullptr;
  }
  template <size_t n, class Operand>
  PathStep* read_operations(const std::pair<std::string_view, PathKind> (&table)[n],
                            Operand&& operand) {
    PathStep* left = operand();
    while (left) {
      const PathKind* const kind = operation_among(table);
      if (kind == nullptr) break;
      if (is_condition(left)) return syntax_error();
      if (!advance()) return nullptr;
      PathStep* const right = operand();
      if (right == nullptr) return nullptr;
      if (is_condition(right)) return syntax_error();
      left = make(*kind, left, right);
    }
    return left;
  }
  PathStep* read_sum() {
    return read_operations(kSums, [&] { return read_product(); });
  }
  PathStep* read_product() {
    return read_operations(kProducts, [&] { return read_signed(); });
  }
  PathStep* read_signed() {
    if (!is_sign("+") && !is_sign("-")) return read_accessors();
    const bool is_minus = is_sign("-");
    if (++nested_ > kMostNested) return fail("54001", "stack depth limit exceeded");
    if (!advance()) return nullptr;
    PathStep* const of = read_signed();
    --nested_;
    if (of == nullptr) return nullptr;
    if (is_condition(of)) return syntax_error();
    if (of->kind != PathKind::kLiteral || of->literal->kind != JsonKind::kNumber || of->next)
      return make(is_minus ? PathKind::kMinus : PathKind::kPlus, of);
    if (!is_minus) return of;
    std::string text;
    append_text(text, negate(run_, *parse_numeric(run_, of->literal->view())));
    return make_literal(JsonKind::kNumber, text);
  }

  PathStep* refuse_variable() {
    return fail("0A000", "jsonpath variables are not supported; write the value");
  }
  PathStep* read_bracket() {
    if (!expect("(")) return nullptr;
    PathStep* const inner = read_any();
    return inner && expect(")") ? inner : nullptr;
  }
  PathStep* read_primary() {
    PathStep* step = nullptr;
    if (word_.kind == PathWord::kVariable) return refuse_variable();
    if (word_.kind == PathWord::kString) {
      step = make_literal(JsonKind::kString, word_.text);
    } else if (word_.kind == PathWord::kNumber) {
      const auto number = parse_numeric(run_, word_.text);
      if (!number) return nullptr;
      std::string text;
      append_text(text, *number);
      step = make_literal(JsonKind::kNumber, text);
    } else if (is_sign("$") || is_sign("@")) {
      step = make(is_sign("$") ? PathKind::kRoot : PathKind::kCurrent);
    } else if (is_name("last")) {
      step = make(PathKind::kLast);
    } else if (word_.kind == PathWord::kName && word_.text == "true") {
      step = make_literal(JsonKind::kTrue, {});
    } else if (word_.kind == PathWord::kName && word_.text == "false") {
      step = make_literal(JsonKind::kFalse, {});
    } else if (word_.kind == PathWord::kName && word_.text == "null") {
      step = make_literal(JsonKind::kNull, {});
    } else {
      return syntax_error();
    }
    return advance() ? step : nullptr;
  }

  PathStep* read_accessors() {
    PathStep* const begin = is_sign("(") ? read_bracket() : read_primary();
    if (begin == nullptr) return nullptr;
    PathStep* last = begin;
    while (last->next) last = const_cast<PathStep*>(last->next);
    while (is_sign(".") || is_sign("[") || is_sign("?")) {
      PathStep* const next = read_accessor();
      if (next == nullptr) return nullptr;
      last->next = next;
      last = next;
    }
    return begin;
  }
  PathStep* read_accessor() {
    if (is_sign("[")) return read_subscripts();
    if (is_sign("?")) {
      if (!advance()) return nullptr;
      PathStep* const condition = read_bracket_of_condition();
      return condition ? make(PathKind::kFilter, condition) : nullptr;
    }
    if (!advance()) return nullptr;
    if (is_sign("*")) return advance() ? make(PathKind::kAnyMember) : nullptr;
    if (is_sign("**")) return read_any_depth();
    if (word_.kind != PathWord::kName && word_.kind != PathWord::kString) return syntax_error();
    const bool may_be_method = word_.kind == PathWord::kName;
    std::string name = word_.text;
    const PathKind* method = nullptr;
    const std::string_view* refused = nullptr;
    if (may_be_method) {
      for (const auto& [known, kind] : kMethods) {
        if (is_name(known)) method = &kind;
      }
      for (const auto& [known, message] : kRefusedMethods) {
        if (is_name(known)) refused = &message;
      }
    }
    if (!advance()) return nullptr;
    if (is_sign("(") && refused) return fail("0A000", *refused);
    if (is_sign("(") && method) {
      if (!advance() || !expect(")")) return nullptr;
      return make(*method);
    }
    PathStep* const step = make(PathKind::kMember);
    step->name = run_.arena().copy(name);
    return step;
  }
  PathStep* read_bracket_of_condition() {
    if (!expect("(")) return nullptr;
    PathStep* const inner = read_any();
    if (inner == nullptr) return nullptr;
    if (!is_condition(inner)) return syntax_error();
    return expect(")") ? inner : nullptr;
  }

  PathStep* read_subscripts() {
    if (!advance()) return nullptr;
    if (is_sign("*")) {
      if (!advance() || !expect("]")) return nullptr;
      return make(PathKind::kAnyElement);
    }
    std::vector<PathRange> ranges;
    do {
      if (!ranges.empty() && !advance()) return nullptr;
      PathRange range{read_expression(), nullptr};
      if (range.from == nullptr) return nullptr;
      if (is_name("to")) {
        if (!advance()) return nullptr;
        range.to = read_expression();
        if (range.to == nullptr) return nullptr;
      }
      ranges.push_back(range);
    } while (is_sign(","));
    if (!expect("]")) return nullptr;
    auto* const kept = run_.arena().allocate_array<PathRange>(ranges.size());
    std::copy(ranges.begin(), ranges.end(), kept);
    PathStep* const step = make(PathKind::kElements);
    step->ranges = {kept, ranges.size()};
    return step;
  }
  PathStep* read_expression() {
    if (++nested_ > kMostNested) return fail("54001", "stack depth limit exceeded");
    PathStep* const step = read_sum();
    --nested_;
    return step && is_condition(step) ? syntax_error() : step;
  }

  // .** { level } or { level to level }; last is the deepest.
  PathStep* read_any_depth() {
    PathStep* const step = make(PathKind::kAnyDepth);
    step->most = PathStep::kLeaves;
    if (!advance()) return nullptr;
    if (!is_sign("{")) return step;
    if (!advance() || !read_level(step->least)) return nullptr;
    step->most = step->least;
    if (is_name("to") && (!advance() || !read_level(step->most))) return nullptr;
    return expect("}") ? step : nullptr;
  }
  bool read_level(uint32_t& level) {
    if (is_name("last")) {
      level = PathStep::kLeaves;
      return advance();
    }
    const bool is_whole = word_.kind == PathWord::kNumber &&
                          word_.text.find_first_not_of("0123456789") == std::string::npos;
    if (!is_whole) {
      syntax_error();
      return false;
    }
    int32_t value = 0;
    const char* const end = word_.text.data() + word_.text.size();
    if (std::from_chars(word_.text.data(), end, value).ec != std::errc()) {
      fail("22003", "value \"" + word_.text + "\" is out of range for type integer");
      return false;
    }
    level = static_cast<uint32_t>(value);
    return advance();
  }

  // @ stands in filters, last in subscripts (flattenJsonPathParseItem of jsonpath.c).
  bool check(const PathStep* step, bool in_filter, bool in_subscript) {
    for (; step; step = step->next) {
      if (step->kind == PathKind::kCurrent && !in_filter)
        return fail("42601", "@ is not allowed in root expressions") != nullptr;
      if (step->kind == PathKind::kLast && !in_subscript)
        return fail("42601", "LAST is allowed only in array subscripts") != nullptr;
      const bool is_filter = step->kind == PathKind::kFilter;
      if (step->left && !check(step->left, in_filter || is_filter, in_subscript)) return false;
      if (step->right && !check(step->right, in_filter, in_subscript)) return false;
      for (const PathRange& range : step->ranges) {
        if (!check(range.from, in_filter, true)) return false;
        if (range.to && !check(range.to, in_filter, true)) return false;
      }
    }
    return true;
  }

  Run& run_;
  PathWords words_;
  PathWord word_;
  int nested_ = 0;
};

}  // namespace

const PathProgram* read_json_path(Run& run, std::string_view text) {
  return PathReader(run, text).read(text);
}

}  // namespace sql

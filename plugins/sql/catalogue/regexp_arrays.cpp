#include "catalogue/regexp_arrays.hpp"

#include <algorithm>

#include "catalogue/regexp_calls.hpp"
#include "catalogue/set_column.hpp"

namespace sql {
namespace {

// The texts of an array in the making.
class Texts {
 public:
  void clear() {
    texts_.clear();
    nulls_.clear();
    has_null_ = false;
  }
  void add(Text text) {
    texts_.push_back(text);
    nulls_.push_back(0);
  }
  void add_null() {
    texts_.emplace_back();
    nulls_.push_back(1);
    has_null_ = true;
  }
  Array finish(Run& run) const {
    Arena& arena = run.arena();
    auto* const body = new (arena.allocate_array<ArrayBody>(1)) ArrayBody{};
    Text* const values = arena.allocate_array<Text>(texts_.size());
    std::copy(texts_.begin(), texts_.end(), values);
    body->element = Base::kText;
    body->dimensions = texts_.empty() ? 0 : 1;
    body->lengths[0] = body->size = static_cast<int32_t>(texts_.size());
    body->lower_bounds[0] = 1;
    body->values = values;
    if (has_null_) {
      auto* const nulls = arena.allocate_array<uint8_t>(nulls_.size());
      std::copy(nulls_.begin(), nulls_.end(), nulls);
      body->nulls = nulls;
    }
    return {body};
  }

 private:
  std::vector<Text> texts_;
  std::vector<uint8_t> nulls_;
  bool has_null_ = false;
};

Text text_of_argument(const Vector& vector, size_t row) {
  return vector.of<Text>()[vector.at(row)];
}

// What the groups have captured, or, if there are none, the whole (build_regexp_match_result).
Array captured(Run& run, Match& match, size_t groups, Texts& texts) {
  texts.clear();
  const auto add = [&](Match::Span span) {
    if (span.is_set()) texts.add(match.text().substr(span.begin, span.end - span.begin));
    else texts.add_null();
  };
  if (groups == 0) add(match.whole());
  else
    for (const Match::Span span : match.groups()) add(span);
  return texts.finish(run);
}

// The parts of a text that matches divide. One that is empty and stands at the beginning, at the
// end or behind another divides nothing (setup_regexp_matches).
class Parts {
 public:
  Parts(Match& match, const Regexp& regexp, Text text)
      : match_(match), matches_(match, regexp, text, 1), text_(text) {}

  std::optional<Text> next() {
    if (is_done_) return std::nullopt;
    while (matches_.next()) {
      const Match::Span found = match_.whole();
      const bool divides = found.begin < text_.size() && found.end > last_end_;
      last_end_ = found.end;
      if (!divides) continue;
      const Text part = text_.substr(begin_, found.begin - begin_);
      begin_ = found.end;
      return part;
    }
    is_done_ = true;
    return text_.substr(begin_);
  }

 private:
  Match& match_;
  RegexpMatches matches_;
  const Text text_;
  size_t begin_ = 0, last_end_ = 0;
  bool is_done_ = false;
};

// With the arguments text, pattern and, perhaps, flags.
template <class Call>
void for_texts(Run& run, const Rows& rows, Arguments arguments, Vector& out, Call&& call) {
  out.is_constant = false;
  out.may_be_null = true;
  rows.for_each([&](size_t row) {
    out.nulls[row] = 1;
    for (const Vector* argument : arguments) {
      if (argument->is_null(row)) return;
    }
    run.set_row(row);
    const Text flags = arguments.size() > 2 ? text_of_argument(*arguments[2], row) : Text();
    const auto result =
        call(text_of_argument(*arguments[0], row), text_of_argument(*arguments[1], row), flags);
    if (run.take_failed() || !result) return;
    out.nulls[row] = 0;
    out.of<Array>()[row] = *result;
  });
}

void regexp_match(Run& run, const Rows& rows, Arguments arguments, Vector& out) {
  Texts texts;
  const auto first = [&](Text text, Text pattern, Text flags) -> std::optional<Array> {
    RegexpFlags read;
    if (!read_regexp_flags(run, flags, "regexp_match()", read)) return std::nullopt;
    const Regexp* const regexp = find_regexp(run, pattern, read.options, true);
    if (regexp == nullptr) return std::nullopt;
    Match& match = run.regexps().match();
    match.start(*regexp, text);
    if (!match.find(0)) return std::nullopt;
    return captured(run, match, regexp->groups(), texts);
  };
  for_texts(run, rows, arguments, out, first);
}

void regexp_split_to_array(Run& run, const Rows& rows, Arguments arguments, Vector& out) {
  Texts texts;
  const auto split = [&](Text text, Text pattern, Text flags) -> std::optional<Array> {
    RegexpFlags read;
    if (!read_regexp_flags(run, flags, "regexp_split_to_array()", read)) return std::nullopt;
    const Regexp* const regexp = find_regexp(run, pattern, read.options, false);
    if (regexp == nullptr) return std::nullopt;
    Parts parts(run.regexps().match(), *regexp, text);
    texts.clear();
    while (const auto part = parts.next()) texts.add(*part);
    return texts.finish(run);
  };
  for_texts(run, rows, arguments, out, split);
}

// Between two of its rows other expressions are tried, so that it has a Match of its own.
class RegexpRows : public SetCall {
 protected:
  bool begin(Run& run, Arguments arguments, size_t row, const char* function, bool groups) {
    regexp_.reset();
    text_ = text_of_argument(*arguments[0], row);
    flags_ = {};
    const Text flags = arguments.size() > 2 ? text_of_argument(*arguments[2], row) : Text();
    if (!read_regexp_flags(run, flags, function, flags_)) return false;
    const Regexp* const found =
        find_regexp(run, text_of_argument(*arguments[1], row), flags_.options, groups);
    if (found != nullptr) regexp_ = found->shared_from_this();
    return found != nullptr;
  }

  std::shared_ptr<const Regexp> regexp_;
  Match match_;
  Text text_;
  RegexpFlags flags_;
};

class AllMatches : public RegexpRows {
 public:
  void start(Run& run, Arguments arguments, size_t row) override {
    matches_.reset();
    if (begin(run, arguments, row, nullptr, true)) matches_.emplace(match_, *regexp_, text_, 1);
  }
  bool next(Run& run, std::span<Vector* const> columns, size_t at) override {
    if (!matches_ || !matches_->next()) return false;
    put(*columns[0], at, captured(run, match_, regexp_->groups(), texts_));
    if (!flags_.is_global) matches_.reset();
    return true;
  }

 private:
  std::optional<RegexpMatches> matches_;
  Texts texts_;
};

class AllParts : public RegexpRows {
 public:
  void start(Run& run, Arguments arguments, size_t row) override {
    parts_.reset();
    if (begin(run, arguments, row, "regexp_split_to_table()", false))
      parts_.emplace(match_, *regexp_, text_);
  }
  bool next(Run&, std::span<Vector* const> columns, size_t at) override {
    const auto part = parts_ ? parts_->next() : std::nullopt;
    if (part) put(*columns[0], at, *part);
    return part.has_value();
  }

 private:
  std::optional<Parts> parts_;
};

template <class T>
std::unique_ptr<SetCall> make_regexp_rows() {
  return std::make_unique<T>();
}

constexpr Type kTexts{Base::kText, true};

}  // namespace

void add_regexp_arrays(Catalogue& to) {
  const auto add = [&](std::string_view name, std::vector<Type> arguments, Kernel kernel,
                       void (*check)(Run&, Arguments)) {
    Routine routine{name, std::move(arguments), kTexts, kernel};
    routine.is_strict = true;
    routine.check = check;
    to.add_function(routine);
  };
  const std::vector<Type> two(2, Base::kText), three(3, Base::kText);
  using enum RegexpGroups;
  add("regexp_match", two, regexp_match, check_regexp<-1, kAsked>);
  add("regexp_match", three, regexp_match, check_regexp<2, kAsked>);
  add("regexp_split_to_array", two, regexp_split_to_array, check_regexp<-1, kNotAsked>);
  add("regexp_split_to_array", three, regexp_split_to_array, check_regexp<2, kNotAsked>);
}

void add_regexp_sets(std::vector<SetFunction>& to) {
  const std::vector<Type> two(2, Base::kText), three(3, Base::kText);
  using enum RegexpGroups;
  to.push_back({"regexp_matches",
                two,
                {{"", kTexts}},
                make_regexp_rows<AllMatches>,
                check_regexp<-1, kAsked>});
  to.push_back({"regexp_matches",
                three,
                {{"", kTexts}},
                make_regexp_rows<AllMatches>,
                check_regexp<2, kAsked>});
  to.push_back({"regexp_split_to_table",
                two,
                {{"", Base::kText}},
                make_regexp_rows<AllParts>,
                check_regexp<-1, kNotAsked>});
  to.push_back({"regexp_split_to_table",
                three,
                {{"", Base::kText}},
                make_regexp_rows<AllParts>,
                check_regexp<2, kNotAsked>});
}

}  // namespace sql

// The words and signs of a jsonpath's text (jsonpath_scan.l).
#pragma once

#include <string>
#include <string_view>

#include "evaluation/run.hpp"

namespace sql {

struct PathWord {
  enum Kind { kEnd, kSign, kName, kString, kNumber, kVariable } kind = kEnd;
  // A sign or a number as written; a name or a string as it is read.
  std::string text;
  // What messages show of it; names they don't show.
  std::string_view shown;
};

class PathWords {
 public:
  PathWords(Run& run, std::string_view text) : run_(run), text_(text) {}

  // False: it has failed.
  bool read(PathWord& word);

 private:
  bool read_name(PathWord& word);
  bool read_quoted(PathWord& word);
  bool read_number(PathWord& word);
  bool read_escape(std::string& to);
  bool read_unicode(std::string& to);
  bool skip_comment();
  bool is_at(std::string_view sign) const { return text_.substr(at_).starts_with(sign); }
  std::string near(const char* message, size_t begin, size_t end) const;
  bool fail(const char* state, const std::string& message);

  Run& run_;
  const std::string_view text_;
  size_t at_ = 0;
};

}  // namespace sql

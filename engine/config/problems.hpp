// What is wrong with a pipeline file, all of it, for the person who wrote it.
#pragma once

#include <functional>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "config/interpolate.hpp"

namespace penstock::engine {

// A place in the pipeline file; line 0 is the file as a whole.
struct Location {
  unsigned line = 0;
  unsigned column = 0;
};

enum class Severity {
  kError,
  kWarning,  // it runs, but is unlikely to be what was meant
  kNote      // what was tried and is ok
};
// "error", "warning", "note".
const char* name_of(Severity severity);

struct Problem {
  Location at;
  std::string message;
  Severity severity = Severity::kError;
  // Its line lies in a text of several lines that is no secret.
  bool in_text = false;
};

class Problems {
 public:
  explicit Problems(std::string file) : file_(std::move(file)) {}
  // What the file is called.
  void set_file(std::string file) { file_ = std::move(file); }
  // The file's text, for showing the lines that problems lie in.
  void set_source(std::string source) { source_ = std::move(source); }
  const std::string& source() const { return source_; }
  // Which variables of that hold secrets, and lines that the value of a secret lies in.
  void set_secrets(const Lookup& secrets) { secrets_ = secrets; }
  void hide_lines(unsigned first, unsigned last);

  void add(Location at, std::string message, Severity severity = Severity::kError) {
    list_.push_back({at, std::move(message), severity});
  }
  void add(Problem problem) { list_.push_back(std::move(problem)); }
  void warn(Location at, std::string message) { add(at, std::move(message), Severity::kWarning); }
  // Only errors count.
  bool empty() const { return errors() == 0; }
  size_t errors() const;
  // What follows from an error need not be told.
  bool has_error_at(Location at) const;
  const std::vector<Problem>& list() const { return list_; }
  const std::string& file() const { return file_; }
  // The line that it lies in, without its end, and without secrets; empty when there is none.
  std::string source_line(const Problem& problem) const;
  // "file:line:column", or the file alone.
  std::string place_of(const Problem& problem) const;
  // Adds what `more` says to the messages at a place, from the `first` in the list on.
  void extend(Location at, size_t first,
              const std::function<std::string(const std::string& message)>& more);
  // Replaces messages, from the `first` in the list on.
  void rewrite(size_t first, const std::function<std::string(std::string message)>& with);
  // In the order of the file.
  std::vector<Problem> sorted() const;

  // One line a problem, "file:line:column: message", in the order of the file.
  // The message of what is no error begins with "warning: " or "note: ".
  std::string text() const;

 private:
  std::string file_;
  std::string source_;
  std::optional<Lookup> secrets_;
  std::set<unsigned> hidden_lines_;
  std::vector<Problem> list_;
};

}  // namespace penstock::engine

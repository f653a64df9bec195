// What a trial of a plugin reports, line by line as it runs: it may crash.
#pragma once

#include <set>
#include <string>

namespace penstock::engine {

// In the child.
class Findings {
 public:
  explicit Findings(int to) : to_(to) {}

  // What is about to be called. If nothing more comes, this is where it ended.
  void step(const std::string& what) { write('@', what); }
  void fault(const std::string& what) { write('!', what); }
  void note(const std::string& what) { write('-', what); }
  void done() { write('.', ""); }

 private:
  void write(char kind, const std::string& what);

  const int to_;
  std::set<std::string> told_;  // each once
};

}  // namespace penstock::engine

// Standard output and standard error, through std::cout and std::cerr: nothing that is printed
// there is obeyed by a terminal (telemetry/printable.hpp), and what cannot be written to standard
// output is not lost silently.
#pragma once

#include <memory>

namespace penstock::engine {

// One for the process, in main, before anything is printed or opened.
class StandardOutput {
 public:
  StandardOutput();
  ~StandardOutput();
  StandardOutput(const StandardOutput&) = delete;
  StandardOutput& operator=(const StandardOutput&) = delete;

  // What goes to std::cout from now on is data: unless a terminal shows it, it is written as it is.
  static void begin_data();

  // Writes what is still to be written. The exit code of a command that ended with `code`: 1, with
  // the reason on standard error, if not all of it could be written. A pipe that nobody reads any
  // more is no reason to say something.
  int finish(int code);

 private:
  class Buffer;

  static Buffer* of_process;
  std::unique_ptr<Buffer> buffer_, errors_;
};

}  // namespace penstock::engine

#include "plugin/probe.hpp"

#include <dlfcn.h>
#include <fmt/format.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <exception>

namespace penstock::engine {
namespace {

int g_report = -1;  // the child's end of the pipe

// The child's last word: what was thrown.
[[noreturn]] void report_exception() {
  std::string what = "something that is not a std::exception";
  try {
    if (const std::exception_ptr thrown = std::current_exception()) std::rethrow_exception(thrown);
    what = "nothing; it called std::terminate";
  } catch (const std::exception& e) {
    what = e.what();
  } catch (...) {  // `what` says so already
  }
  const ssize_t ignored = write(g_report, what.data(), what.size());
  _exit(ignored < 0 ? 2 : 1);
}

// In the child. noexcept, so that an exception ends at report_exception and nowhere else.
[[noreturn]] void load(const char* path) noexcept {
  std::set_terminate(report_exception);
  // Whether it loads without an exception is for the caller to find out.
  dlopen(path, RTLD_NOW | RTLD_LOCAL);
  _exit(0);
}

std::string read_all(int from) {
  std::string text;
  std::array<char, 4096> buffer;
  for (ssize_t count = 0; (count = read(from, buffer.data(), buffer.size())) != 0;) {
    if (count < 0 && errno != EINTR) break;
    if (count > 0) text.append(buffer.data(), static_cast<size_t>(count));
  }
  return text;
}

}  // namespace

std::string probe_library(const std::string& path) {
  std::array<int, 2> ends;
  if (pipe(ends.data()) != 0) return fmt::format("cannot be tried: {}", std::strerror(errno));
  const pid_t child = fork();
  if (child < 0) return fmt::format("cannot be tried: {}", std::strerror(errno));
  if (child == 0) {
    close(ends[0]);
    g_report = ends[1];
    load(path.c_str());
  }
  close(ends[1]);
  const std::string thrown = read_all(ends[0]);
  close(ends[0]);
  int status = 0;
  while (waitpid(child, &status, 0) < 0 && errno == EINTR) {
  }
  if (!thrown.empty()) return "threw an exception while it was loaded: " + thrown;
  if (WIFSIGNALED(status)) {
    return fmt::format("crashed while it was loaded ({})", strsignal(WTERMSIG(status)));
  }
  if (status != 0) return "ended the process while it was loaded";
  return "";
}

}  // namespace penstock::engine

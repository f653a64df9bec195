#include "plugin_verify/verify.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstring>
#include <set>
#include <string>

#include "config/option_values.hpp"
#include "plugin/library.hpp"
#include "plugin_verify/findings.hpp"
#include "plugin_verify/type_trial.hpp"

namespace penstock::engine {
namespace {

// A call that takes longer holds up a pipeline's start or stop.
constexpr std::chrono::seconds kMostOfACall{10};

void try_library(const VerifyArguments& arguments, Findings& to) {
  to.step("loading");
  const auto opened = Library::open_unchecked(arguments.file);
  if (!opened) return to.fault(opened.error());
  const Library& library = **opened;
  bool refuses = false;
  for (const DescriptionFault& fault : library.faults()) {
    to.fault(fault.text);
    refuses |= fault.refuses;
  }
  if (refuses) return;
  const penstock_plugin& plugin = library.plugin();
  std::set<std::string> known;
  for (size_t i = 0; i < plugin.type_count; ++i) {
    const penstock_node_type& type = strided(plugin.types, i);
    for (size_t k = 0; k < type.option_count; ++k) known.insert(strided(type.options, k).name);
  }
  for (const auto& [name, value] : arguments.options) {
    if (!known.contains(name)) return to.fault(fmt::format("it has no option \"{}\"", name));
  }
  for (size_t i = 0; i < plugin.type_count; ++i) {
    try_node_type(strided(plugin.types, i), arguments, to);
  }
}

// In the child. noexcept: what a plugin throws outside of a call ends here.
[[noreturn]] void run_child(const VerifyArguments& arguments, int to) noexcept {
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  const rlimit none{0, 0};
  setrlimit(RLIMIT_CORE, &none);
  // What a plugin prints is no finding.
  const int nowhere = open("/dev/null", O_RDWR | O_CLOEXEC);
  dup2(nowhere, STDIN_FILENO);
  dup2(nowhere, STDOUT_FILENO);
  Findings findings(to);
  try_library(arguments, findings);
  findings.done();
  _exit(0);  // not exit: threads that a plugin left may still run
}

// What a child tells, and how it ends.
class Watch {
 public:
  Watch(pid_t child, int from, std::ostream& out) : child_(child), from_(from), out_(out) {}

  // The number of faults.
  size_t run() {
    while (read_more()) {
    }
    int status = 0;
    while (waitpid(child_, &status, 0) < 0 && errno == EINTR) {
    }
    if (hangs_) {
      fault(fmt::format("{} does not return within {} s", step_, kMostOfACall.count()));
    } else if (WIFSIGNALED(status)) {
      fault(fmt::format("{} crashes ({})", step_, strsignal(WTERMSIG(status))));
    } else if (!done_) {
      fault(fmt::format("{} ends the process", step_));
    }
    return faults_;
  }

 private:
  void fault(const std::string& what) {
    out_ << what << "\n";
    ++faults_;
  }

  // False: nothing more comes.
  bool read_more() {
    pollfd ready{from_, POLLIN, 0};
    const int count =
        poll(&ready, 1, static_cast<int>(std::chrono::milliseconds(kMostOfACall).count()));
    if (count < 0) return errno == EINTR;
    if (count == 0) {
      hangs_ = true;
      kill(child_, SIGKILL);
      return false;
    }
    std::array<char, 4096> buffer;
    const ssize_t size = read(from_, buffer.data(), buffer.size());
    if (size <= 0) return size < 0 && errno == EINTR;
    text_.append(buffer.data(), static_cast<size_t>(size));
    for (size_t end = 0; (end = text_.find('\n')) != std::string::npos; text_.erase(0, end + 1)) {
      take(text_.substr(0, end));
    }
    return true;
  }

  void take(const std::string& line) {
    const std::string words = line.substr(1);
    switch (line[0]) {
      case '@': step_ = words; break;
      case '!': fault(words); break;
      case '-': out_ << "note: " << words << "\n"; break;
      default: done_ = true;
    }
  }

  const pid_t child_;
  const int from_;
  std::ostream& out_;
  std::string text_, step_;
  size_t faults_ = 0;
  bool done_ = false, hangs_ = false;
};

}  // namespace

bool verify_plugin(const VerifyArguments& arguments, std::ostream& out) {
  std::array<int, 2> ends;
  const pid_t child = pipe2(ends.data(), O_CLOEXEC) == 0 ? fork() : -1;
  if (child < 0) {
    out << "cannot be tried: " << std::strerror(errno) << "\n";
    return false;
  }
  if (child == 0) {
    close(ends[0]);
    run_child(arguments, ends[1]);
  }
  close(ends[1]);
  const size_t faults = Watch(child, ends[0], out).run();
  close(ends[0]);
  if (faults == 0) out << "ok\n";
  else out << fmt::format("{} fault{}\n", faults, faults == 1 ? "" : "s");
  return faults == 0;
}

}  // namespace penstock::engine

#include "config/file_text.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <unistd.h>

#include <penstock/file_error.hpp>

#include <cerrno>
#include <chrono>

#include "config/quantity.hpp"

namespace penstock::engine {
namespace {

using Clock = std::chrono::steady_clock;

// How long a pipe may take: a shell's <(…) is one.
constexpr auto kPatience = std::chrono::seconds(5);

// Appends what there is. False: that was all.
Result<bool> read_piece(int fd, const std::string& path, Clock::time_point deadline,
                        std::string& text) {
  char piece[16 << 10];
  const ssize_t got = read(fd, piece, sizeof(piece));
  if (got > 0) text.append(piece, static_cast<size_t>(got));
  if (got >= 0) return got > 0;
  if (errno == EINTR) return true;
  if (errno != EAGAIN) return fail(file_fault(path, errno, FileUse::kRead));
  const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(deadline - Clock::now());
  pollfd wait = {fd, POLLIN, 0};
  if (left.count() > 0 && poll(&wait, 1, static_cast<int>(left.count())) != 0) return true;
  return fail(fmt::format("no data from the pipe for {} s", kPatience.count()));
}

}  // namespace

Result<std::string> read_file_text(const std::string& path, size_t most_bytes) {
  // Not to wait for who writes to a pipe (open(2), O_NONBLOCK).
  const int fd = open(path.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC);
  if (fd < 0) return fail(file_fault(path, errno, FileUse::kRead));
  const Clock::time_point deadline = Clock::now() + kPatience;
  std::string text;
  // A folder can be opened, and is then an error to read.
  Result<bool> more = true;
  while (more && *more && text.size() <= most_bytes) more = read_piece(fd, path, deadline, text);
  close(fd);
  if (!more) return fail(std::move(more.error()));
  if (text.size() > most_bytes) {
    return fail(fmt::format("it is larger than {}", format_size(static_cast<int64_t>(most_bytes))));
  }
  return text;
}

}  // namespace penstock::engine

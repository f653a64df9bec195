#include "commands/standard_output.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <iostream>
#include <streambuf>
#include <string>

#include "telemetry/printable.hpp"

namespace penstock::engine {
namespace {

constexpr size_t kBufferBytes = 64 << 10;

// A closed one would be given to the next file or connection that is opened, and get what is
// printed. Its place is taken by what refuses to be used like a closed one (as glibc does it for
// setuid programs: csu/check_fds.c); what a closed standard error gets may be thrown away.
void keep_standard_descriptors() {
  constexpr int kModes[] = {O_WRONLY, O_RDONLY, O_WRONLY};
  for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; ++fd) {
    // The lowest free number is given out, which is `fd`.
    if (fcntl(fd, F_GETFD) < 0 && errno == EBADF && open("/dev/null", kModes[fd]) < 0) return;
  }
}

}  // namespace

// Not stdio's, which forgets why it failed. What is printed may come from anywhere, and the other
// end may be a terminal.
class StandardOutput::Buffer final : public std::streambuf {
 public:
  Buffer(std::ostream& stream, int fd)
      : stream_(stream), fd_(fd), is_terminal_(isatty(fd) != 0), before_(stream.rdbuf(this)) {}
  ~Buffer() override { stream_.rdbuf(before_); }

  int error() const { return error_; }
  void begin_data() { is_data_ = !is_terminal_; }

 protected:
  int_type overflow(int_type c) override {
    if (traits_type::eq_int_type(c, traits_type::eof())) return traits_type::not_eof(c);
    const char byte = traits_type::to_char_type(c);
    return xsputn(&byte, 1) == 1 ? c : traits_type::eof();
  }

  std::streamsize xsputn(const char* text, std::streamsize size) override {
    if (error_ != 0) return 0;
    waiting_.append(text, static_cast<size_t>(size));
    const bool is_line = is_terminal_ && waiting_.find('\n') != std::string::npos;
    return (waiting_.size() < kBufferBytes && !is_line) || write_all() ? size : 0;
  }

  int sync() override { return write_all() ? 0 : -1; }

 private:
  bool write_all() {
    const std::string text = is_data_ ? waiting_ : printable(waiting_, "\n\t");
    size_t written = 0;
    while (error_ == 0 && written < text.size()) {
      const ssize_t count = write(fd_, text.data() + written, text.size() - written);
      if (count >= 0) written += static_cast<size_t>(count);
      else if (errno != EINTR) error_ = errno;
    }
    waiting_.clear();
    return error_ == 0;
  }

  std::ostream& stream_;
  const int fd_;
  const bool is_terminal_;
  bool is_data_ = false;
  std::streambuf* const before_;
  std::string waiting_;
  int error_ = 0;  // errno of the first failure; nothing is written after it
};

StandardOutput::StandardOutput() {
  keep_standard_descriptors();
  buffer_ = std::make_unique<Buffer>(std::cout, STDOUT_FILENO);
  of_process = buffer_.get();
  errors_ = std::make_unique<Buffer>(std::cerr, STDERR_FILENO);
}

StandardOutput::Buffer* StandardOutput::of_process = nullptr;
StandardOutput::~StandardOutput() { of_process = nullptr; }

void StandardOutput::begin_data() {
  std::cout.flush();
  if (of_process != nullptr) of_process->begin_data();
}

int StandardOutput::finish(int code) {
  std::cout.flush();
  std::cerr.flush();
  const int error = buffer_->error();
  if (error == 0 || error == EPIPE) return code;
  std::cerr << "penstock: cannot write to standard output: " << std::strerror(error) << "\n";
  return 1;
}

}  // namespace penstock::engine

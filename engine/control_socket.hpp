// How a running engine is asked to reload and answers with what came of it: a Unix socket by the
// name of its process, on which no file needs a place or rights.
#pragma once

#include <sys/types.h>

#include <string>
#include <vector>

namespace penstock::engine {

// One who asked and waits for the answer.
class ReloadRequest {
 public:
  ReloadRequest() = default;  // nobody
  explicit ReloadRequest(int connection) : connection_(connection) {}
  ReloadRequest(ReloadRequest&& other) noexcept;
  ReloadRequest& operator=(ReloadRequest&&) = delete;
  ~ReloadRequest();

  explicit operator bool() const { return connection_ >= 0; }
  // Once. `words` may have several lines.
  void answer(bool done, const std::string& words);

 private:
  int connection_ = -1;
};

// The engine's side; of one thread.
class ControlSocket {
 public:
  ControlSocket();
  ~ControlSocket();
  ControlSocket(const ControlSocket&) = delete;
  ControlSocket& operator=(const ControlSocket&) = delete;

  // Who asks now, if anyone does; doesn't wait. Only the running user and root are heard.
  ReloadRequest next();

 private:
  int listener_ = -1;
};

// The processes of engines that run here, of any user.
std::vector<pid_t> running_engines();
// Asks one to reload and waits. True: it has; `words` says what came of it, or why not.
bool ask_to_reload(pid_t process, std::string& words);

}  // namespace penstock::engine

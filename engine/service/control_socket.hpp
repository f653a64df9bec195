// How a running engine is asked to reload and answers with what came of it: an abstract Unix socket
// (unix(7)), which needs no file and ends with its process. Every user may bind such names, so that
// neither side goes by them: each asks the kernel who the other is.
#pragma once

#include <sys/types.h>

#include <atomic>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "config/result.hpp"

namespace penstock::engine {

// One who asked and waits for the answer.
class ReloadRequest {
 public:
  explicit ReloadRequest(int connection) : connection_(connection) {}
  ReloadRequest(ReloadRequest&& other) noexcept;
  ReloadRequest& operator=(ReloadRequest&&) = delete;
  ~ReloadRequest();

  // Once. `words` may have several lines. Who doesn't read them is given up after some seconds.
  void answer(bool done, const std::string& words);

 private:
  int connection_ = -1;
};

// The engine's side. Its own thread refuses users other than the running one and root at once, so
// that they hold up nobody.
class ControlSocket {
 public:
  ControlSocket();
  ~ControlSocket();
  ControlSocket(const ControlSocket&) = delete;
  ControlSocket& operator=(const ControlSocket&) = delete;

  // Those who have asked since it was called last; a few at most. Doesn't wait.
  std::vector<ReloadRequest> take();

 private:
  void run();
  void admit(int connection);

  int listener_ = -1;
  std::atomic<bool> stop_ = false;
  std::mutex mutex_;
  std::vector<ReloadRequest> waiting_;
  std::thread thread_;
};

// Processes that run this program and can be asked: this user's, or to root those of every user.
std::vector<pid_t> running_engines();
// Asks one to reload and waits, for two minutes at most. Returns what has changed, in words. Only
// that process is believed, running as this user or root, or to root as any user.
Result<std::string> ask_to_reload(pid_t process);

}  // namespace penstock::engine

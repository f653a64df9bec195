// The socket that the listener accepts connections from. It outlives a listener: one that a reload
// replaces hands it on, so that nobody finds the port closed.
#pragma once

#include <memory>
#include <string>

namespace penstock::engine {

class ListenSocket {
 public:
  // `listen` is host:port, or :port for all addresses. Nothing: `error` says why not.
  static std::shared_ptr<ListenSocket> open(const std::string& listen, std::string& error);
  ~ListenSocket();
  ListenSocket(const ListenSocket&) = delete;
  ListenSocket& operator=(const ListenSocket&) = delete;

  // A descriptor of its own for one listener, which closes it; -1: none is left.
  int duplicate() const;
  // What it was opened with.
  const std::string& listen() const { return listen_; }
  // With the port that was chosen for port 0: "127.0.0.1:8080".
  const std::string& address() const { return address_; }
  // Nobody but this machine reaches it.
  bool is_loopback() const { return is_loopback_; }

 private:
  ListenSocket(std::string listen, int fd) : listen_(std::move(listen)), fd_(fd) {}

  const std::string listen_;
  const int fd_;
  std::string address_;
  bool is_loopback_ = false;
};

}  // namespace penstock::engine

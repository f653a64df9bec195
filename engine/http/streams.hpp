// Streamed answers: each occupies one of the server's threads as long as it lasts, so their number
// is limited, in all and for each address.
#pragma once

#include <condition_variable>
#include <map>
#include <mutex>
#include <string>
#include <string_view>

#include "http/request.hpp"

namespace penstock::engine {

// What such an answer consists of.
class StreamBody {
 public:
  virtual ~StreamBody() = default;
  enum class More { kSome, kNothingYet, kEnd };
  // Adds what has come since the last call.
  virtual More more(std::string& text) = 0;
};

enum class StreamKind { kPages, kTaps };

class Streams {
 public:
  // How many there may be at a time.
  struct Limits {
    size_t most, most_of_an_address;
  };
  // `name`: of what there may be too many, in words.
  Streams(Limits limits, std::string_view name, std::string_view content_type)
      : limits_(limits), name_(name), content_type_(content_type) {}
  std::string_view name() const { return name_; }
  Streams(const Streams&) = delete;
  Streams& operator=(const Streams&) = delete;

  // A slot among them, as long as it lives.
  class Slot {
   public:
    Slot(Streams& streams, std::string_view address);
    ~Slot();
    Slot(const Slot&) = delete;
    Slot& operator=(const Slot&) = delete;
    explicit operator bool() const { return given_; }

   private:
    Streams& streams_;
    const std::string address_;
    bool given_ = false;
  };

  // Sends the body's pieces until it ends, the client goes, or `stop`.
  void run(const Request& request, StreamBody& body);
  // Ends them all, and those that begin from now on. Any thread.
  void stop();

 private:
  // False: they are stopping.
  bool wait();

  const Limits limits_;
  const std::string_view name_, content_type_;
  std::mutex mutex_;
  std::condition_variable stopped_;
  bool stopping_ = false;
  size_t count_ = 0;
  std::map<std::string, size_t, std::less<>> of_address_;
};

}  // namespace penstock::engine

// Which subscriptions the broker has of a session, so that a topic that leaves the file is
// unsubscribed from. A broker cannot be asked for them. They lie in memory that survives with the
// intake, or, with a memory intake, as long as the source.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace mqtt_source {

class KnownSubscriptions {
 public:
  // What one session takes of the memory.
  static constexpr size_t kBytes = 64 << 10;

  // `memory`: of kBytes, as it was left or zeros. What is of another session is forgotten.
  void resume(void* memory, uint64_t session);

  // The broker has no session: it knows none.
  void forget();
  // These are being subscribed to. False: they are too many to be remembered.
  bool ask_for(const std::vector<std::string>& topics);
  // The broker has granted these, and what it retained of them has come.
  bool granted(const std::vector<std::string>& topics);
  // It has them no more.
  void left(const std::vector<std::string>& topics);

  bool empty() const { return all_.empty(); }
  // Whether one of these was asked for and not known as granted.
  bool any_unsettled(const std::vector<std::string>& topics) const;
  // Which of these it had granted.
  std::vector<std::string> granted_of(const std::vector<std::string>& topics) const;
  // What it may have beside these.
  std::vector<std::string> beside(const std::vector<std::string>& topics) const;

 private:
  struct Known {
    std::string topic;
    bool granted = false;  // or only asked for
  };
  // Two copies, of which one is valid, so that a kill while the other is written does no harm.
  struct Memory {
    static constexpr size_t kTextBytes = kBytes / 2 - 16;
    struct Copy {
      uint64_t hash;
      uint64_t bytes;
      char text[kTextBytes];
    } copies[2];
  };
  static_assert(sizeof(Memory) == kBytes);

  bool store();
  uint64_t hash_of(std::string_view text) const;

  std::vector<Known> all_;
  Memory* memory_ = nullptr;
  uint64_t session_ = 0;
  size_t valid_ = 0;
};

}  // namespace mqtt_source

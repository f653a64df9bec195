// The subscriptions that the broker has for a session, so that topics removed from the file are
// unsubscribed from. A broker cannot be asked. They lie in memory that survives with the intake, or
// with a memory intake as long as the source.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace mqtt_source {

class KnownSubscriptions {
 public:
  // Memory for one session.
  static constexpr size_t kBytes = 64 << 10;

  // `memory`: kBytes, as left by an earlier process, or zeros. Forgets what is of another session.
  void resume(void* memory, uint64_t session);

  // The broker has no session.
  void forget();
  // These are being subscribed to. False: too many to remember.
  bool ask_for(const std::vector<std::string>& topics);
  // The broker has granted these, and their retained messages have come.
  bool granted(const std::vector<std::string>& topics);
  // The broker no longer has these.
  void left(const std::vector<std::string>& topics);

  bool empty() const { return all_.empty(); }
  // One of these was asked for and is not known as granted.
  bool any_unsettled(const std::vector<std::string>& topics) const;
  // Those of these that are granted.
  std::vector<std::string> granted_of(const std::vector<std::string>& topics) const;
  // What the broker may have besides these.
  std::vector<std::string> beside(const std::vector<std::string>& topics) const;

 private:
  struct Known {
    std::string topic;
    bool granted = false;  // or only asked for
  };
  // Two copies, one of them valid, so that a kill while the other is written does no harm.
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

// Penstock's own receiver: one or more connections, see bulk_connection.hpp.
#pragma once

#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "bulk_connection.hpp"
#include "receiver.hpp"
#include "trouble.hpp"

namespace mqtt_source {

// Appended to client_id for connections 1, 2, … of a source: nothing, -2, …
inline std::string connection_suffix(int64_t number) {
  std::string suffix;
  if (number > 1) suffix.append("-").append(std::to_string(number));
  return suffix;
}

class BulkReceiver final : public Receiver {
 public:
  BulkReceiver(const Options& options, penstock::Context& context);

  void start() override;
  void stop() override;
  void acknowledged(uint64_t position) override;

 private:
  void resume(size_t index, uint64_t next_position);
  void report(size_t index, bool subscribed, const std::string& text);
  void report_end(const SessionEnd& end);

  const Options options_;
  penstock::Context& context_;
  std::mutex mutex_;
  Trouble trouble_;
  std::vector<bool> subscribed_;
  size_t over_ = 0, ended_ = 0;  // sessions done with, and those of them that the broker had
  uint64_t taken_ = 0;           // messages taken from them
  bool gave_up_ = false;
  Shared shared_;
  std::vector<std::unique_ptr<BulkConnection>> connections_;
};

}  // namespace mqtt_source

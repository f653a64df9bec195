// What a broker's packet identifiers tell about it. Proven, not assumed, because a message that
// seems to be resent may be another one of equal content:
//
// * Does it keep identifiers across connections, as MQTT requires (MQTT 5 §4.4), or begin with 1 on
//   each (RabbitMQ)? Proven by the first new message of a connection: its identifier follows the
//   last one of the connection before.
// * Does it count up, reusing an identifier only after all others, as most brokers do, or reuse
// free
//   ones first? Proven by a PINGRESP: the broker has read all acknowledgements that were written
//   before the PINGREQ, so identifiers are free, and it still counts up.
#pragma once

#include <algorithm>
#include <cstdint>

namespace mqtt_source {

// Lies in kept memory; all zeros: nothing is known.
class IdentifierOrder {
 public:
  // A message that is no repetition. With DUP it was sent on an earlier connection, perhaps lost
  // with it.
  void took(uint16_t id, bool dup) {
    const bool follows = last_ == 0 || id == next(last_);
    if (dup) {
      if (follows) reach(id);
      return;
    }
    if (!follows) begin_again();
    else if (begins_connection_ && highest_ >= kFar) keeps_ = true;
    begins_connection_ = false;
    reach(id);
    if (follows) count();
  }

  // Across connections.
  bool keeps() const { return keeps_; }
  bool counts_up() const { return run_ == kLongRun && answered_ == kProof; }
  // If it counts up: how many others it uses at least before it reuses an identifier. Brokers with
  // as many identifiers as messages in flight have few; one that has counted far has all.
  uint64_t round() const { return turned_at_ == 0 && highest_ >= kFar ? 65'535 : highest_; }

  // A PINGREQ that is written now would tell, if all that came is acknowledged.
  bool wants_proof() const { return run_ == kLongRun && answered_ == 0 && !asked_; }
  void asked() { asked_ = true; }
  // PINGRESP to that.
  void answered() {
    if (asked_ && answered_ == 0) answered_ = 1;
    asked_ = false;
  }
  void begin_connection() {
    begins_connection_ = true;
    asked_ = false;
    if (answered_ < kProof) answered_ = 0;
  }

 private:
  static constexpr uint16_t kLongRun = 256;
  static constexpr uint16_t kFar = 4096;
  // One for the answer, and the messages after it that count on: some brokers number messages
  // before they write them.
  static constexpr uint8_t kProof = 100;

  static uint16_t next(uint16_t id) { return id == 65'535 ? 1 : id + 1; }
  void reach(uint16_t id) {
    last_ = id;
    highest_ = std::max(highest_, id);
    if (highest_ > turned_at_) turned_at_ = 0;
  }
  void count() {
    if (run_ < kLongRun) ++run_;
    if (answered_ > 0 && answered_ < kProof) ++answered_;
  }
  void begin_again() {
    const uint16_t turned_at = std::max(turned_at_, highest_);
    *this = {};
    turned_at_ = turned_at;
  }

  uint16_t last_ = 0;
  uint16_t highest_ = 0;
  uint16_t turned_at_ = 0;  // where it once started over, if it has not counted further since
  uint16_t run_ = 0;
  uint8_t answered_ = 0;  // 0: not yet
  bool asked_ = false;
  bool keeps_ = false;
  bool begins_connection_ = false;
};

}  // namespace mqtt_source

// Whether the broker counts its packet identifiers up, so that it uses one again only after all
// others, as most do; or takes those first that are free again. It tells what a message that comes
// again is that we had acknowledged: one that the broker had not seen acknowledged when the
// connection broke, or, where identifiers are used again at once, perhaps another of equal content.
//
// Proven by a PINGRESP: the broker has read all acknowledgements that were written before the
// PINGREQ, so identifiers are free, and still it counts on.
#pragma once

#include <algorithm>
#include <cstdint>

namespace mqtt_source {

// Lies in kept memory; all zeros: nothing is known.
class IdentifierOrder {
 public:
  // A message that is taken, no repetition. With DUP it was sent on an earlier connection.
  void took(uint16_t id, bool dup) {
    const bool is_forward = this->is_forward(id);
    if (dup && !is_forward) return;
    if (!is_forward) begin_again();
    last_ = id;
    highest_ = std::max(highest_, id);
    if (highest_ > turned_at_) turned_at_ = 0;
    if (dup || !is_forward) return;
    if (run_ < kLongRun) ++run_;
    if (proof_ == Proof::kAnswered) proof_ = Proof::kGiven;
  }

  bool counts_up() const { return run_ == kLongRun && proof_ == Proof::kGiven; }
  // Then it uses an identifier again after so many others at least. Where identifiers are as many
  // as messages may be in flight they are few; who has counted far counts to the end.
  uint64_t round() const {
    constexpr uint64_t kFar = 4096;
    return turned_at_ == 0 && highest_ >= kFar ? 65'535 : highest_;
  }

  // Whether a PINGREQ that is written now, when all that came is acknowledged, would tell.
  bool wants_proof() const { return run_ == kLongRun && proof_ == Proof::kNone; }
  void asked() {
    if (proof_ == Proof::kNone) proof_ = Proof::kAsked;
  }
  void answered() {
    if (proof_ == Proof::kAsked) proof_ = Proof::kAnswered;
  }
  // The connection is gone, and with it the answer.
  void begin_connection() {
    if (proof_ != Proof::kGiven) proof_ = Proof::kNone;
  }

 private:
  enum class Proof : uint8_t { kNone, kAsked, kAnswered, kGiven };
  static constexpr uint16_t kLongRun = 256;
  static constexpr uint16_t kLongestStep = 256;  // what expires on its way is passed over

  bool is_forward(uint16_t id) const {
    if (last_ == 0) return true;
    const uint32_t step = (uint32_t{id} + 65'535 - last_) % 65'535;  // there is no identifier 0
    return step >= 1 && step <= kLongestStep;
  }

  void begin_again() {
    const uint16_t turned_at = std::max(turned_at_, highest_);
    *this = {};
    turned_at_ = turned_at;
  }

  uint16_t last_ = 0;
  uint16_t highest_ = 0;
  uint16_t turned_at_ = 0;  // where it once began again, if it has not counted further since
  uint16_t run_ = 0;
  Proof proof_ = Proof::kNone;
};

}  // namespace mqtt_source

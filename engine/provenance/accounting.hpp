// Where points end. Every point that enters is stored, kept with the reason why not, filtered,
// dropped on purpose, or still on its way; no number here is worked out from the others, so that
// their sum says whether any was lost sight of. (But when a graph is replaced with work undone:
// that is begun again, and what had come of it by then is counted as grown.)
#pragma once

#include <algorithm>
#include <array>
#include <atomic>
#include <cstdint>
#include <utility>

#include "telemetry/measures.hpp"

namespace penstock::engine {

// What becomes of rows that a node takes in and does not emit.
enum class Fate { kFiltered, kStored, kRejectedKept };

// What ended or began in one node.
struct NodeEnds {
  Count grown = 0;  // emitted beyond what was taken in: arrays of points, branches
  Count filtered = 0;
  Count stored = 0;
  Count passed_over = 0;    // by the other side's own rules
  Count stored_before = 0;  // by a sink before a restart, which its ledger knew
  Count rejected_kept = 0;
  Count rejected_lost = 0;        // nothing reads `rejected`
  Count dropped = 0;              // by a source's own limit
  Count rejected_discarded = 0;   // of those kept, now or in earlier runs: no end of its own
  std::atomic<int64_t> held = 0;  // taken in and not settled yet

  // Of a batch of `rows` rows, `more` leave besides the `out` that have left. Counted before they
  // reach anyone, so that nothing seems to end that did not begin.
  void count_emitted(int64_t rows, int64_t out, int64_t more) {
    const int64_t beyond =
        std::max<int64_t>(0, out + more - rows) - std::max<int64_t>(0, out - rows);
    add(grown, static_cast<uint64_t>(beyond));
  }
  // A batch of `rows` is released, of which `out` rows were emitted. `Fate` is that of the others.
  void settle(int64_t rows, int64_t out, Fate fate) {
    const auto ended = static_cast<uint64_t>(std::max<int64_t>(0, rows - out));
    if (fate == Fate::kStored) add(stored, ended);
    else if (fate == Fate::kRejectedKept) add(rejected_kept, ended);
    else add(filtered, ended);
  }
};

// How many points ended in each way.
struct Ends {
  uint64_t stored = 0;
  uint64_t passed_over = 0;
  uint64_t stored_before = 0;
  uint64_t filtered = 0;
  uint64_t rejected_kept = 0;
  uint64_t rejected_lost = 0;
  uint64_t dropped = 0;
  uint64_t left_on_disk = 0;        // in the intake of a source that a reload ended
  uint64_t rejected_discarded = 0;  // of those kept, now or in earlier runs: in no sum

  uint64_t ended() const {
    return stored + passed_over + stored_before + filtered + rejected_kept + rejected_lost +
           dropped + left_on_disk;
  }
};

// What began and ended in nodes that a reload has replaced.
struct PastEnds : Ends {
  uint64_t messages = 0;  // of sources that ended
  int64_t grown = 0;

  void add(const NodeEnds& ends) {
    grown += static_cast<int64_t>(get(ends.grown));
    stored += get(ends.stored);
    passed_over += get(ends.passed_over);
    stored_before += get(ends.stored_before);
    filtered += get(ends.filtered);
    rejected_kept += get(ends.rejected_kept);
    rejected_lost += get(ends.rejected_lost);
    dropped += get(ends.dropped);
    rejected_discarded += get(ends.rejected_discarded);
  }
};

// The sums over a pipeline, at one moment.
struct Accounting : Ends {
  uint64_t received = 0;  // messages, and what they grew by
  int64_t in_flight = 0;
  // False: more has ended than came in, or nothing is in flight and yet points are missing.
  bool balanced = true;

  // As everything that shows them calls them.
  std::array<std::pair<const char*, uint64_t>, 10> states() const {
    return {{{"received", received},
             {"stored", stored},
             {"passed_over", passed_over},
             {"stored_before", stored_before},
             {"filtered", filtered},
             {"rejected_kept", rejected_kept},
             {"rejected_lost", rejected_lost},
             {"dropped", dropped},
             {"left_on_disk", left_on_disk},
             {"rejected_discarded", rejected_discarded}}};
  }
};

}  // namespace penstock::engine

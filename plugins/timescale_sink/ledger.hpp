// delivery = "exactly_once": a table that holds, of every batch that was stored, the ranges of
// messages that it came from, written in the batch's own transaction.
//
// Entering a range is also the question whether it is there: the key is unique, so of two
// transactions with the same range, one waits for the other's end (PostgreSQL "INSERT", ON
// CONFLICT; "Index Uniqueness Checks"). That holds also for one whose connection broke between
// its COMMIT and the answer, and which the server may still be committing.
#pragma once

#include <libpq-fe.h>
#include <penstock/batch.hpp>
#include <penstock/context.hpp>

#include <cstdint>
#include <map>
#include <string>
#include "batch_rows.hpp"

namespace timescale_sink {

class Ledger {
 public:
  // `table` is quoted. `sink` tells apart the sinks that keep their ledgers in one table.
  Ledger(std::string table, const std::string& sink);

  std::string create_sql() const;
  // Enters the ranges of these chunks; its result, for `unstored`, are those that were not there.
  std::string enter_sql(const penstock::Batch& batch, const ChunkChoice& chunks) const;

  struct Choice {
    ChunkChoice chunks;    // of those entered, the ones to write
    size_t uncertain = 0;  // chunks of which a part is: they are written, rather than lost
  };
  Choice unstored(const penstock::Batch& batch, const ChunkChoice& chunks,
                  const PGresult* entered) const;

  // Which rows of these chunks, which are stored, the server refused then. Kept in the ledger, for
  // a crash may have come between that transaction and the rows' way out by `rejected`. Empty:
  // nothing to ask.
  std::string refused_sql(const penstock::Batch& batch, const ChunkChoice& chunks) const;
  std::vector<RefusedRow> refused(const penstock::Batch& batch, const PGresult* result) const;
  // Keeps them; empty when there are none. `is_utf8`: the database's encoding.
  std::string keep_refused_sql(const penstock::Batch& batch, const std::vector<RefusedRow>& refused,
                               bool is_utf8) const;

  // All of this sink: intake, first, part, count.
  std::string entries_sql() const;
  // The part of an intake's id (penstock_range) that is its folder's.
  static std::string folder_of(const std::string& intake);

  // Notes how far the intakes of a stored batch are done.
  void note(const penstock::Batch& batch, penstock::Context& context);
  // Forgets the ranges that can't come again; empty when there is nothing new to forget.
  std::string prune_sql() const;
  void pruned();

  // Asks for entries that only a copy of the folder can have made, or the folder itself before it
  // was put back from a backup: of a run later than the one that appends now, or beside it. Empty:
  // there is nothing new to ask.
  std::string strangers_sql() const;
  // What to tell of the answer; empty when there are none, or when it is told.
  std::string strangers_words(const PGresult* result);

 private:
  // Of one intake's folder, by the first digits of its runs' ids (penstock_range).
  struct Intake {
    uint64_t watermark = 0, pruned = 0;
    uint64_t entered = 0;  // the end of the last range that this lane entered
    std::string run;       // that appends now
    // This run's id and those of the earlier ones that are known, each with the position after its
    // last message in this folder: a copy may have gone on under the same id.
    std::map<std::string, uint64_t> own;
    bool told = false;
  };

  const std::string table_;
  const std::string name_;
  const std::string sink_;  // as a literal
  std::map<std::string, Intake> intakes_;
};

}  // namespace timescale_sink

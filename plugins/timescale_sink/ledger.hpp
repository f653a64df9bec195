// delivery = "exactly_once": a table with the ranges of messages that each stored batch came from,
// written in the batch's own transaction.
//
// Entering a range also tells whether it was there. The key is unique, so of two transactions with
// the same range one waits for the other to end (PostgreSQL "INSERT", ON CONFLICT; "Index
// Uniqueness Checks"); that includes one whose connection broke after its COMMIT was sent, and
// which the server may still be committing.
#pragma once

#include <libpq-fe.h>
#include <penstock/batch.hpp>
#include <penstock/context.hpp>

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "batch_rows.hpp"

namespace timescale_sink {

class Ledger {
 public:
  // `table` is quoted. `sink` distinguishes sinks that share the table.
  Ledger(std::string table, const std::string& sink);

  std::string create_sql() const;
  // Enters the ranges of these chunks. Returns those that were new, for `unstored`.
  std::string enter_sql(const penstock::Batch& batch, const ChunkChoice& chunks) const;

  struct Choice {
    ChunkChoice chunks;    // the ones to write
    size_t uncertain = 0;  // of these, stored in part already: written again rather than lost
  };
  Choice unstored(const penstock::Batch& batch, const ChunkChoice& chunks,
                  const PGresult* entered) const;

  // Which rows of these chunks the server refused when it stored the others. The ledger keeps them
  // because a crash may have come between that transaction and the rows' exit by `rejected`. "":
  // there is nothing to ask.
  std::string refused_sql(const penstock::Batch& batch, const ChunkChoice& chunks) const;
  std::vector<RefusedRow> refused(const penstock::Batch& batch, const PGresult* result) const;
  // Keeps them; "" if there are none. `is_utf8`: the database's encoding is.
  std::string keep_refused_sql(const penstock::Batch& batch, const std::vector<RefusedRow>& refused,
                               bool is_utf8) const;

  // All entries of this sink: intake, first, part, count.
  std::string entries_sql() const;
  // The digits of an intake's id (penstock_range) that identify its folder.
  static std::string folder_of(const std::string& intake);

  // Notes how far a stored batch's intakes are done.
  void note(const penstock::Batch& batch, penstock::Context& context);
  // Deletes the ranges that can't come again; "" if there are none since `pruned`.
  std::string prune_sql() const;
  void pruned();

  // Finds entries that only a copy of the folder can have made, or the folder itself before it was
  // restored from a backup: by a run later than the present one, or parallel to it. "": there is
  // nothing to ask.
  std::string strangers_sql() const;
  // A warning about them, once; "" if there are none.
  std::string strangers_words(const PGresult* result);

 private:
  // An intake's folder, by the first digits of its runs' ids (penstock_range).
  struct Intake {
    uint64_t watermark = 0, pruned = 0;
    uint64_t entered = 0;  // the end of the last range that this lane entered
    std::string run;       // the one that appends now
    // Ids of this run and of earlier ones, each with the position after its last message in this
    // folder: a copy may have continued with the same id.
    std::map<std::string, uint64_t> own;
    bool told = false;  // of its strangers
  };

  const std::string table_;
  const std::string name_;
  const std::string sink_;  // as a literal
  std::map<std::string, Intake> intakes_;
};

}  // namespace timescale_sink

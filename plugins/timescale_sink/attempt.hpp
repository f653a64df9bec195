// One attempt to store a part of a batch, in one transaction: which rows it writes, and what
// becomes of them. Each further try is an attempt of its own.
#pragma once

#include <penstock/batch.hpp>

#include <string>
#include <vector>

#include "batch_rows.hpp"
#include "connection.hpp"
#include "lane.hpp"
#include "layout.hpp"
#include "whose_fault.hpp"

namespace timescale_sink {

// A batch, with how its rows go into the table and which of them cannot.
struct CheckedBatch {
  const penstock::Batch& batch;
  const Layout& layout;
  WhoseFault& whose_fault;
  const RowFindings findings;
};

struct Attempt {
  // All of them must outlive it. `chunks`: the part; empty: all of the batch.
  Attempt(Lane& by, const CheckedBatch& checked, const ChunkChoice& chunks)
      : lane(by),
        batch(checked.batch),
        layout(checked.layout),
        whose_fault(checked.whose_fault),
        findings(checked.findings),
        part(chunks),
        chosen(chunks) {}

  std::string settings_sql() const;
  // Enters the part in the ledger; "" without one.
  std::string enter_sql() const;
  // Leaves out the chunks that the ledger had already; `entered`: the result of enter_sql.
  void choose(const PGresult* entered);
  // Commits, or rolls back after a failure.
  void end_transaction();
  // Adds the rows of skipped chunks that were refused when those were stored: perhaps they never
  // left by `rejected`.
  void find_refused_before();

  BatchRows rows() const { return {batch, chosen, findings}; }
  int64_t rows_to_write() const;
  // Of these, what the server has not refused.
  int64_t rows_taken() const;

  Lane& lane;
  const penstock::Batch& batch;
  const Layout& layout;
  WhoseFault& whose_fault;
  const RowFindings& findings;
  const ChunkChoice& part;

  ChunkChoice chosen;               // the chunks of the part to write
  ChunkChoice skipped;              // those that the ledger had; empty: none
  std::vector<RefusedRow> refused;  // by the server
  int64_t stored = 0;               // rows, as the server counts
  Failure failure;
};

}  // namespace timescale_sink

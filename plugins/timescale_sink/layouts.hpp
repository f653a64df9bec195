// The layouts of incoming batches, kept until the table may have changed.
#pragma once

#include <penstock/batch.hpp>

#include <map>
#include <memory>
#include <vector>

#include "connection.hpp"
#include "layout.hpp"
#include "session_settings.hpp"

namespace timescale_sink {

class Layouts {
 public:
  // The connection and the settings must outlive it.
  Layouts(LayoutRules rules, Connection& connection, const SessionSettings& settings)
      : rules_(std::move(rules)), connection_(connection), settings_(settings) {}

  // The layout for this batch's columns, valid until `forget`. Adds missing columns to the table if
  // the rules allow it. After a failure the table is read anew the next time.
  Failure find(const penstock::Batch& batch, const Layout*& layout);
  void forget() { layouts_.clear(); }
  const LayoutRules& rules() const { return rules_; }
  // Why the table as it is now takes no row of some input.
  Failure fault_of_table(const std::vector<penstock::Schema>& inputs);

 private:
  Failure read_columns(Table& table);
  Failure read(const penstock::Batch& batch, std::unique_ptr<Layout>& layout);
  Failure read_and_add(const penstock::Batch& batch, std::unique_ptr<Layout>& layout);
  Failure add_columns(const penstock::Batch& batch, std::unique_ptr<Layout>& layout);
  Failure fault_of(const Layout& layout) const;

  const LayoutRules rules_;
  Connection& connection_;
  const SessionSettings& settings_;
  std::map<const ArrowSchema*, std::unique_ptr<Layout>> layouts_;
};

}  // namespace timescale_sink

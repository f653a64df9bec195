// The layouts of what comes, read from the server and kept until the table may have changed.
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

  // Of this batch's columns, valid until they are forgotten; columns that the table lacks are added
  // if they may be. A failure that is a fault of the table is looked for again the next time.
  Failure find(const penstock::Batch& batch, const Layout*& layout);
  void forget() { layouts_.clear(); }
  const LayoutRules& rules() const { return rules_; }
  // What keeps all rows of an input out of the table as it is now.
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

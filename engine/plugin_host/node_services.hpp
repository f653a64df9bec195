// What an instance, and the host functions that its plugin calls, see of the node that they belong
// to.
#pragma once

#include <spdlog/logger.h>

#include <cstdint>
#include <string>
#include <vector>

#include "config/pipeline_description.hpp"
#include "plugin_host/copy_rows.hpp"
#include "plugin_host/output.hpp"

namespace penstock::engine {

class Intake;
class Timers;

// Of a source. Any thread.
class SourceServices {
 public:
  virtual Intake& intake() = 0;
  // It appends nothing more.
  virtual bool stopped() const = 0;
  virtual void set_finished() = 0;
  // It has finished without having done what it was to do.
  virtual void give_up() = 0;

 protected:
  ~SourceServices() = default;
};

// Any thread.
class NodeServices {
 public:
  virtual const NodeDescription& description() const = 0;
  virtual spdlog::logger& logger() const = 0;
  virtual Timers& timers() = 0;
  // nullptr: it is no source.
  virtual SourceServices* source() = 0;
  // Edges that leave by a port.
  virtual size_t readers(uint32_t port) const = 0;
  // An instance's health has changed.
  virtual void log_health_change() = 0;
  // Rows out of nothing.
  virtual void grew(int64_t rows) = 0;
  // The whole batch, to leave by `rejected`; or rows of it.
  virtual std::vector<Output> rejection_of(const Delivery& delivery, const std::string& reason) = 0;
  virtual std::vector<Output> rejection_of(const Delivery& delivery,
                                           std::vector<RejectedRow> rows) = 0;
  // What its instances have.
  virtual const Deliveries& deliveries() const = 0;
  // Messages that a source dropped, or rows that a sink had kept and discarded.
  virtual void dropped(uint64_t count) = 0;

 protected:
  ~NodeServices() = default;
};

}  // namespace penstock::engine

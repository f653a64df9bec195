// A node that makes rows of rows by a query, called with one message after the other.
#pragma once

#include <penstock/plugin.h>
#include <penstock/schema.hpp>

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "config/pipeline_description.hpp"
#include "query/call_host.hpp"

namespace penstock::engine {

// Why a query is refused, and where in its text.
struct QueryFault {
  std::string message, hint;
  size_t byte = 0;
};

class QueryNode {
 public:
  // `type`: a transform of PENSTOCK_NODE_QUERY. What the options point at outlives this.
  QueryNode(const penstock_node_type& type, std::vector<penstock_value> options, Schema input);
  ~QueryNode();
  QueryNode(const QueryNode&) = delete;

  // Before all others. Nothing: it can run.
  std::optional<QueryFault> check();
  // What `check` has noted, such as the plan of a query that is to be explained.
  const std::vector<std::string>& notes() const { return notes_; }
  // Why not; empty: it can be given messages.
  std::string start();
  const ArrowSchema& result() const { return *result_; }  // after start
  using TakeRow = std::function<void(const ArrowArray& rows, int64_t row)>;
  using TakeFailure = std::function<void(std::string_view reason, std::string_view detail)>;
  // What a message gives. Returns why the call failed as a whole; empty: it has not.
  std::string give(const penstock_source_message& message, const TakeRow& take_row,
                   const TakeFailure& take_failure);

 private:
  penstock_settings settings();

  const penstock_node_type& type_;
  const std::vector<penstock_value> options_;
  const Schema input_;
  OwnedSchema input_schema_, result_;
  const ArrowSchema* inputs_[1];
  std::vector<std::string> notes_;
  CallHost host_;
  void* instance_ = nullptr;
};

}  // namespace penstock::engine

// Record batches for a test of a plugin, with a count of who holds them.
#pragma once

#include <atomic>
#include <cstdint>
#include <map>
#include <mutex>
#include <string_view>
#include <utility>
#include <vector>

#include "penstock/builders.hpp"
#include "penstock/plugin.h"
#include "penstock/schema.hpp"

namespace penstock::testing {

// Rows as a source gives them, with the topic and payload of each.
inline ArrowArray message_rows(
    const std::vector<std::pair<std::string_view, std::string_view>>& messages) {
  TextBuilder topics, payloads;
  FixedBuilder<int64_t> received;
  for (const auto& [topic, payload] : messages) {
    topics.push(topic);
    payloads.push(payload);
    received.push(static_cast<int64_t>(received.rows()));
  }
  Columns columns(3);
  columns.add(topics.finish());
  columns.add(payloads.finish());
  columns.add(received.finish());
  return make_rows(static_cast<int64_t>(messages.size()), columns);
}

// Owns its rows. Each chunk comes from a range of its own.
class GivenBatch {
 public:
  GivenBatch(const Schema& schema, std::vector<ArrowArray> chunks, uint64_t first_position = 0,
             uint32_t input = 0)
      : schema_(export_schema(schema)), chunks_(std::move(chunks)) {
    for (size_t i = 0; i < chunks_.size(); ++i) {
      penstock_range range = {};
      range.size = sizeof(range);
      range.chunk = static_cast<uint32_t>(i);
      range.intake = "0123456789abcdef0000000100000001";
      range.first = first_position + static_cast<uint64_t>(view_.rows);
      range.count = static_cast<uint64_t>(chunks_[i].length);
      ranges_.push_back(range);
      pointers_.push_back(&chunks_[i]);
      view_.rows += chunks_[i].length;
    }
    view_.size = sizeof(view_);
    view_.input = input;
    view_.schema = &schema_;
    view_.chunks = pointers_.data();
    view_.chunk_count = chunks_.size();
    view_.ranges = ranges_.data();
    view_.range_count = ranges_.size();
    const std::lock_guard lock(all().mutex);
    all().batches.emplace(&view_, this);
  }
  ~GivenBatch() {
    {
      const std::lock_guard lock(all().mutex);
      all().batches.erase(&view_);
    }
    for (ArrowArray& chunk : chunks_) {
      if (chunk.release) chunk.release(&chunk);
    }
    schema_.release(&schema_);
  }
  GivenBatch(const GivenBatch&) = delete;
  GivenBatch& operator=(const GivenBatch&) = delete;

  const penstock_batch* c() const { return &view_; }
  // How often it was retained and not released; below 0: released more often.
  int holders() const { return holders_; }

  // Whatever a plugin may name; null: there is no such batch.
  static GivenBatch* of(const penstock_batch* view) {
    const std::lock_guard lock(all().mutex);
    const auto at = all().batches.find(view);
    return at == all().batches.end() ? nullptr : at->second;
  }
  // The host's functions, which name no instance. What was no batch is counted.
  static void retain(const penstock_batch* view) { hold(view, 1); }
  static void release(const penstock_batch* view) { hold(view, -1); }
  static int strays() { return all().strays; }

 private:
  struct All {
    std::mutex mutex;
    std::map<const penstock_batch*, GivenBatch*> batches;
    std::atomic<int> strays = 0;
  };
  static All& all() {
    static All all;
    return all;
  }
  static void hold(const penstock_batch* view, int more) {
    if (GivenBatch* batch = of(view)) batch->holders_ += more;
    else ++all().strays;
  }

  penstock_batch view_ = {};
  ArrowSchema schema_;
  std::vector<ArrowArray> chunks_;
  std::vector<const ArrowArray*> pointers_;
  std::vector<penstock_range> ranges_;
  std::atomic<int> holders_ = 0;
};

}  // namespace penstock::testing

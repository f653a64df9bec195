#include "provenance/batch.hpp"

#include <algorithm>
#include <type_traits>

#include "provenance/budget.hpp"

namespace penstock::engine {

uint64_t node_number(const std::string& name) {
  // FNV-1a.
  uint64_t hash = 0xCBF2'9CE4'8422'2325;
  for (const char c : name) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100'0000'01B3;
  return hash;
}

uint64_t part_after(uint64_t part, const Step& step) {
  for (const uint64_t word :
       {step.node, uint64_t{step.input} << 32 | step.port, uint64_t{step.ordinal}}) {
    // The finaliser of SplitMix64, over what came before and the next word.
    part = (part ^ word) + 0x9E37'79B9'7F4A'7C15;
    part = (part ^ part >> 30) * 0xBF58'476D'1CE4'E5B9;
    part = (part ^ part >> 27) * 0x94D0'49BB'1331'11EB;
    part ^= part >> 31;
  }
  return part;
}

void add_origins(Origins& to, const Origins& from, const Step& step) {
  for (const Origin& origin : from) {
    to.push_back({origin.token, part_after(origin.part, step)});
  }
}

void Batch::add(ArrowArray array, Origins origins) {
  rows += array.length;
  int64_t messages = 0;
  for (const Origin& origin : origins) messages += origin.token->rows();
  const bool grows = messages > 0 && array.length > messages;
  auto shared = std::make_shared<const SharedArray>(
      array,
      grows ? GrownRows(origins.front().token->budget(), array.length - messages) : GrownRows());
  chunks.push_back(std::make_shared<const Chunk>(Chunk{std::move(origins), std::move(shared)}));
}

GrownRows::GrownRows(SourceBudget& budget, int64_t rows) : budget_(&budget), rows_(rows) {
  budget.reserve(rows);
}

GrownRows::~GrownRows() {
  if (budget_) budget_->release(rows_);
}

Token::Token(Intake& intake, Range* range, SourceBudget& budget, int64_t records)
    : intake_(intake),
      range_(range),
      first_(range->first),
      rows_(range->rows),
      budget_(budget),
      records_(records) {
  budget_.reserve(records_);
}

Token::~Token() {
  intake_.ranges().done(range_);
  budget_.release(records_);
}

Delivery::Delivery(BatchPtr batch, uint32_t input, uint32_t way, NodeEnds& ends, Fate fate,
                   Deliveries& all)
    : view_{}, batch_(std::move(batch)), way_(way), ends_(ends), fate_(fate), all_(all) {
  static_assert(std::is_standard_layout_v<penstock_batch>);
  ends_.held.fetch_add(batch_->rows, std::memory_order_relaxed);
  view_.size = sizeof(view_);
  view_.input = input;
  for (size_t i = 0; i < batch_->chunks.size(); ++i) {
    arrays_.push_back(&**batch_->chunks[i]->array);
    add_ranges(i, batch_->chunks[i]->origins);
  }
  view_.schema = batch_->schema;
  view_.chunks = arrays_.data();
  view_.chunk_count = arrays_.size();
  view_.rows = batch_->rows;
  view_.ranges = ranges_.data();
  view_.range_count = ranges_.size();
  all_.add(&view_);
}

// The account is settled before the batch goes, and with it the tokens: what is done has ended.
Delivery::~Delivery() {
  all_.remove(&view_);
  ends_.held.fetch_sub(batch_->rows, std::memory_order_relaxed);
  if (abandoned_) return;
  const int64_t before = std::clamp<int64_t>(stored_before_, 0, batch_->rows);
  const int64_t over = std::clamp<int64_t>(passed_over_, 0, batch_->rows - before);
  add(ends_.stored_before, static_cast<uint64_t>(before));
  add(ends_.passed_over, static_cast<uint64_t>(over));
  ends_.settle(batch_->rows - before - over, out_rows_, fate_);
}

const Intake& Delivery::intake_of(size_t range) const {
  size_t chunk = 0;
  for (; range >= batch_->chunks[chunk]->origins.size(); ++chunk) {
    range -= batch_->chunks[chunk]->origins.size();
  }
  return batch_->chunks[chunk]->origins[range].token->intake();
}

void Delivery::add_ranges(size_t chunk, const Origins& origins) {
  for (const Origin& origin : origins) {
    const Token& token = *origin.token;
    penstock_range range = {};
    range.size = sizeof(range);
    range.chunk = static_cast<uint32_t>(chunk);
    range.intake = token.run().c_str();
    range.first = token.first();
    range.count = token.rows();
    range.part = part_after(origin.part, {0, way_, 0, 0});
    range.watermark = token.intake().durable_watermark();
    ranges_.push_back(range);
  }
}

}  // namespace penstock::engine

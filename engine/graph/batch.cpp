#include "graph/batch.hpp"

#include <type_traits>

#include "graph/budget.hpp"

namespace penstock::engine {

Token::Token(Intake& intake, Intake::Range* range, Budget& budget)
    : intake_(intake), range_(range), rows_(range->rows), budget_(budget) {
  budget_.take(rows_);
}

Token::~Token() {
  intake_.done(range_);
  budget_.give_back(rows_);
}

Delivery::Delivery(BatchPtr batch, uint32_t input) : view_{}, batch_(std::move(batch)) {
  static_assert(std::is_standard_layout_v<penstock_batch>);
  for (const auto& chunk : batch_->chunks) arrays_.push_back(&chunk->array());
  view_.size = sizeof(view_);
  view_.input = input;
  view_.schema = batch_->schema;
  view_.chunks = arrays_.data();
  view_.chunk_count = arrays_.size();
  view_.rows = batch_->rows;
}

}  // namespace penstock::engine

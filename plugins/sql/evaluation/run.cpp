#include "evaluation/run.hpp"

#include <cstring>
#include <utility>

namespace sql {

void Failures::add(size_t row, std::string_view state, std::string message) {
  if (has(row)) return;
  Failure failure{{}, std::move(message)};
  std::memcpy(failure.state, state.data(), sizeof(failure.state) - 1);
  failures_.push_back(std::move(failure));
  which_[row] = static_cast<uint32_t>(failures_.size());
}

}  // namespace sql

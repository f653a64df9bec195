// VALUES in FROM.
#pragma once

#include "evaluation/set_function.hpp"

namespace sql {

// As many rows of its arguments, which may be NULL: those of the first row come first.
std::unique_ptr<SetCall> make_rows_of_values(size_t rows);

}  // namespace sql

// Expressions that call a routine for each element of an array, and those that make an array or
// take an element of one.
#pragma once

#include "evaluation/expression.hpp"

namespace sql {

// The array of what `of_element` makes of each element of the first argument; the other arguments
// are constants and passed on to it.
ExpressionPointer make_over_elements(const Routine& of_element, Type result,
                                     std::vector<ExpressionPointer> arguments);
// Whether the operator holds between the scalar and any (or all) of the array's elements.
ExpressionPointer make_any_or_all(const Routine& comparison, bool is_any, ExpressionPointer scalar,
                                  ExpressionPointer array);
// ARRAY[…]: of elements, or of arrays, which become the inner dimensions.
ExpressionPointer make_array(Type type, std::vector<ExpressionPointer> items);
// The element that an array has by the subscripts that follow it.
ExpressionPointer make_subscript(std::vector<ExpressionPointer> array_and_subscripts);

}  // namespace sql

// From a function of single values to one of vectors.
//
//   int32_t add(Run&, int32_t, int32_t)          NULL if an argument is (PostgreSQL: STRICT)
//   std::optional<Text> part(Run&, Text, int)    may be NULL besides
//   bool distinct(std::optional<double>, …)      is called with NULL, too
//   Array append(Run&, Array, Element)           an array and an element of its type; the element
//                                                may be NULL
//
// With a Run it may fail and take memory; without, it is a plain computation.
#pragma once

#include <optional>
#include <type_traits>
#include <utility>

#include "evaluation/run.hpp"
#include "evaluation/vector.hpp"
#include "values/array.hpp"

namespace sql {

using Arguments = std::span<const Vector* const>;
using Kernel = void (*)(Run&, const Rows&, Arguments, Vector& out);

namespace detail {

template <class T>
struct Nullable {
  using Value = T;
  static constexpr bool kIs = false;
};
// Has its own way to be NULL.
template <>
struct Nullable<Element> {
  using Value = Element;
  static constexpr bool kIs = true;
};
template <class T>
struct Nullable<std::optional<T>> {
  using Value = T;
  static constexpr bool kIs = true;
};

template <class T>
T argument(const Vector& vector, size_t row) {
  using Value = typename Nullable<T>::Value;
  if constexpr (std::is_same_v<T, Element>) {
    return {vector.type.base, vector.is_null(row) ? nullptr : vector.value(row)};
  } else {
    if constexpr (Nullable<T>::kIs) {
      if (vector.is_null(row)) return std::nullopt;
    }
    return vector.of<Value>()[vector.at(row)];
  }
}

template <class T>
bool keeps_from_call(const Vector& vector, size_t row) {
  return !Nullable<T>::kIs && vector.is_null(row);
}

template <auto function, bool with_run, class Result, class... Args>
struct KernelLoop {
  using Value = typename Nullable<Result>::Value;

  template <size_t... i>
  static Result call(Run& run, Arguments arguments, size_t row, std::index_sequence<i...>) {
    if constexpr (with_run) return function(run, argument<Args>(*arguments[i], row)...);
    else return function(argument<Args>(*arguments[i], row)...);
  }

  template <size_t... i>
  static void loop(Run& run, const Rows& rows, Arguments arguments, Vector& out,
                   std::index_sequence<i...> indexes) {
    auto* const values = out.of<Value>();
    const bool may_skip = (false || ... || (!Nullable<Args>::kIs && arguments[i]->may_be_null));
    out.is_constant = false;
    out.may_be_null = may_skip || with_run || Nullable<Result>::kIs;
    if constexpr (!with_run && !Nullable<Result>::kIs) {
      if (!may_skip) {
        rows.for_each([&](size_t row) { values[row] = call(run, arguments, row, indexes); });
        return;
      }
    }
    rows.for_each([&](size_t row) {
      if (may_skip && (false || ... || keeps_from_call<Args>(*arguments[i], row))) {
        out.nulls[row] = 1;
        return;
      }
      if constexpr (with_run) run.set_row(row);
      const Result result = call(run, arguments, row, indexes);
      bool is_null = false;
      if constexpr (Nullable<Result>::kIs) {
        is_null = !result.has_value();
        if (!is_null) values[row] = *result;
      } else {
        values[row] = result;
      }
      if constexpr (with_run) is_null |= run.take_failed();
      out.nulls[row] = is_null;
    });
  }

  static void run(Run& run, const Rows& rows, Arguments arguments, Vector& out) {
    loop(run, rows, arguments, out, std::index_sequence_for<Args...>());
  }
};

template <class T>
constexpr Type type_of() {
  return BaseOf<typename Nullable<std::remove_cvref_t<T>>::Value>::value;
}

template <auto function, class Signature>
struct Kernels;

template <auto function, class Result, class... Args>
struct Kernels<function, Result (*)(Run&, Args...)> {
  static constexpr bool kIsStrict = !(false || ... || Nullable<Args>::kIs);
  static constexpr Kernel kKernel = KernelLoop<function, true, Result, Args...>::run;
  static std::vector<Type> arguments() { return {type_of<Args>()...}; }
  static constexpr Type kResult = type_of<Result>();
};
template <auto function, class Result, class... Args>
struct Kernels<function, Result (*)(Args...)> {
  static constexpr bool kIsStrict = !(false || ... || Nullable<Args>::kIs);
  static constexpr Kernel kKernel = KernelLoop<function, false, Result, Args...>::run;
  static std::vector<Type> arguments() { return {type_of<Args>()...}; }
  static constexpr Type kResult = type_of<Result>();
};

}  // namespace detail

// The kernel of a function, and the types that its signature says.
template <auto function>
using KernelOf = detail::Kernels<function, decltype(function)>;

}  // namespace sql

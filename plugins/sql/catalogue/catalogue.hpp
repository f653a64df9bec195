// All operators, functions and casts that there are. Analysis, reference page and the tests'
// generator of queries are made of it.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "evaluation/kernel.hpp"

namespace sql {

// An operator or a function for arguments of certain types.
struct Routine {
  std::string_view name;
  std::vector<Type> arguments;
  Type result;
  Kernel kernel = nullptr;
  // The last argument may come any number of times.
  bool is_variadic = false;
  // NULL if an argument is.
  bool is_strict = false;
  // Not computed before there is a row: it depends on the session, in PostgreSQL (STABLE).
  bool is_stable = false;
  // Its arguments are evaluated from right to left, as those of PostgreSQL's interval + date are,
  // which stands for date + interval.
  bool is_commuted = false;
  // Of an argument of any type it takes the text: textanycat, quote_literal.
  bool takes_texts = false;
  // What is variadic comes as one array (VARIADIC text[]).
  bool gathers = false;
  // By which a call may name its arguments. Those that it leaves out are zero, if they may be.
  std::vector<std::string_view> names = {};
  bool has_defaults = false;
  // PostgreSQL has it and ours is refused: what to write instead.
  std::string_view instead = {};
  // Looks at the arguments that are constant while the query is compiled; null: one that is not.
  void (*check)(Run& run, Arguments constants) = nullptr;
};

class Catalogue {
 public:
  static const Catalogue& get();

  const std::vector<Routine>& operators(std::string_view name) const;
  const std::vector<Routine>& functions(std::string_view name) const;
  // Null: there is none that is not by the types' texts.
  const Routine* cast(Type from, Type to) const;
  using ByName = std::map<std::string, std::vector<Routine>, std::less<>>;
  const ByName& operators() const { return operators_; }
  const ByName& functions() const { return functions_; }
  const std::vector<Routine>& casts() const { return casts_; }

  // For the files that fill it.
  template <auto function>
  void add_operator(std::string_view name) {
    add(operators_, name, routine<function>(name));
  }
  template <auto function>
  void add_function(std::string_view name) {
    add(functions_, name, routine<function>(name));
  }
  template <auto function>
  void add_named(std::string_view name, std::vector<std::string_view> names,
                 bool has_defaults = false) {
    Routine named = routine<function>(name);
    named.names = std::move(names);
    named.has_defaults = has_defaults;
    add(functions_, name, std::move(named));
  }
  void add_operator(const Routine& routine) { add(operators_, routine.name, routine); }
  void add_function(const Routine& routine) { add(functions_, routine.name, routine); }
  template <auto function>
  void add_cast() {
    casts_.push_back(routine<function>("cast"));
  }
  void add_cast(const Routine& cast) { casts_.push_back(cast); }
  void refuse_operator(std::string_view name, std::vector<Type> arguments, Type result,
                       std::string_view instead) {
    add_operator(refused(name, std::move(arguments), result, instead));
  }
  void refuse_function(std::string_view name, std::vector<Type> arguments, Type result,
                       std::string_view instead) {
    add_function(refused(name, std::move(arguments), result, instead));
  }
  template <auto function>
  void add_commuted(std::string_view name) {
    add_operator<function>(name);
    operators_.find(name)->second.back().is_commuted = true;
  }

 private:
  Catalogue();
  template <auto function>
  static Routine routine(std::string_view name) {
    using Of = KernelOf<function>;
    Routine routine{name, Of::arguments(), Of::kResult, Of::kKernel};
    routine.is_strict = Of::kIsStrict;
    return routine;
  }
  static Routine refused(std::string_view name, std::vector<Type> arguments, Type result,
                         std::string_view instead) {
    Routine routine{name, std::move(arguments), result};
    routine.instead = instead;
    return routine;
  }
  static void add(ByName& to, std::string_view name, Routine routine) {
    to[std::string(name)].push_back(std::move(routine));
  }

  ByName operators_, functions_;
  std::vector<Routine> casts_;
};

// Each file fills in its own.
void add_arithmetic(Catalogue& to);
void add_comparisons(Catalogue& to);
void add_number_functions(Catalogue& to);
void add_texts(Catalogue& to);
void add_regexps(Catalogue& to);
void add_regexp_arrays(Catalogue& to);
void add_bytes(Catalogue& to);
void add_binary_texts(Catalogue& to);
void add_formats(Catalogue& to);
void add_any_arguments(Catalogue& to);
void add_times(Catalogue& to);
void add_time_parts(Catalogue& to);
void add_arrays(Catalogue& to);
void add_array_texts(Catalogue& to);
void add_truncated_times(Catalogue& to);
void add_time_zones(Catalogue& to);
void add_refused(Catalogue& to);
void add_time_buckets(Catalogue& to);
void add_json(Catalogue& to);
void add_own_functions(Catalogue& to);
void add_json_path(Catalogue& to);
void add_json_paths(Catalogue& to);
void add_json_set(Catalogue& to);
void add_casts(Catalogue& to);

}  // namespace sql

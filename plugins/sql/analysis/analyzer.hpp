// From the tree of an expression to one that can be evaluated.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "analysis/resolve.hpp"
#include "analysis/syntax.hpp"
#include "analysis/type_name.hpp"

namespace sql {

// A row source of FROM, by the names that the query has for it.
struct Source {
  std::string alias;
  struct Name {
    std::string name;
    Type type;
    std::function<ExpressionPointer(size_t depth)> make;
    bool may_be_null = true;
  };
  std::vector<Name> columns;
  // An alias of a function that gives one column is its value, too.
  bool alias_is_value = false;
  size_t level = 0;  // whose rows it has
};

class Analyzer {
 public:
  // Columns are sought in `sources`, of which those up to the present one are known.
  Analyzer(Run& run, const std::vector<Source>& sources) : resolver_(run), sources_(sources) {}

  // Levels that an expression may name; its rows are the last one's.
  void set_depth(size_t depth) {
    depth_ = depth;
    deepest_ = 0;
  }
  // Throws QueryError.
  Term analyze(const Tree& node);
  // The deepest source whose columns were named since `set_depth`.
  size_t deepest() const { return deepest_; }
  const Resolver& resolver() const { return resolver_; }
  // False: it is a column that has no NULL.
  bool may_be_null(const Tree& node) const;
  // What it is called as a column of the result (FigureColname of parse_target.c).
  static std::string name_of_result(const Tree& node);

 private:
  std::vector<Term> analyze_all(const Tree& list);
  struct Found {
    const Source* source = nullptr;
    const Source::Name* column = nullptr;
  };
  // Throws QueryError: there is none, or several.
  Found find_column(const Tree& body) const;
  Term column(const Tree& body);
  Term made(const Source& source, const Source::Name& column, int location);
  Term constant(const Tree& body);
  Term operation(const Tree& body);
  Term plain_operation(const std::string& name, const Tree& body);
  Term in_list(const Tree& body, const std::string& name);
  Term between(const Tree& body, bool symmetric);
  Term range(const Tree& value, const Tree& low, const Tree& high, int location);
  Term negated(Term term, int location);
  Term junction(const Tree& body);
  Term case_of(const Tree& body);
  Term coalesce(const Tree& body);
  Term extreme(const Tree& body);
  Term test(const Tree& body, bool of_truth);
  Term distinct(const Tree& body, bool wanted);
  Term null_if(const Tree& body);
  const Routine& equality(const Tree& body, std::vector<Term>& both);
  Term call(const Tree& body);
  Term cast(const Tree& body);
  // In arrays.cpp. With `to`, a cast of ARRAY[…] stands around it.
  Term array(const Tree& body, const std::optional<TypeName>& to);
  Term subscripted(const Tree& body);
  Term element(Term array, const Tree& indices);
  Term json_element(Term document, const Tree& indices);
  Term any_or_all(Term scalar, const std::string& name, Term array, bool is_any, int location);

  std::span<const Source> visible() const {
    size_t count = sources_.size();
    while (count > 0 && sources_[count - 1].level > depth_) --count;
    return std::span(sources_).first(count);
  }

  Resolver resolver_;
  const std::vector<Source>& sources_;
  size_t depth_ = 0, deepest_ = 0;
};

}  // namespace sql

// jsonb_each and the others that FROM may call.
#include <cstring>
#include <utility>

#include "catalogue/own_sets.hpp"
#include "catalogue/regexp_arrays.hpp"
#include "catalogue/set_column.hpp"

#include "evaluation/set_function.hpp"
#include "values/array.hpp"
#include "values/json_order.hpp"
#include "values/json_path.hpp"
#include "values/json_text.hpp"

namespace sql {
namespace {

// A value as text; JSON's null as NULL.
void put_text(Run& run, Vector& column, size_t at, const JsonNode* node) {
  column.nulls[at] = node->kind == JsonKind::kNull;
  if (column.nulls[at]) return;
  if (node->kind == JsonKind::kString) {
    put(column, at, Text(node->view()));
    return;
  }
  std::string text;
  append_json(text, node);
  put(column, at, Text(run.arena().copy(text)));
}

template <bool as_text>
class EachMember : public SetCall {
 public:
  void start(Run& run, Arguments arguments, size_t row) override {
    next_ = 0;
    members_.clear();
    const JsonNode* object = arguments[0]->of<Json>()[arguments[0]->at(row)].node;
    if (object->kind != JsonKind::kObject) {
      run.fail("22023", std::string("cannot call ") + (as_text ? "jsonb_each_text" : "jsonb_each") +
                            " on a non-object");
      return;
    }
    members_ = sorted_members(object);
  }
  bool next(Run& run, std::span<Vector* const> columns, size_t at) override {
    if (next_ == members_.size()) return false;
    const JsonNode* name = members_[next_++];
    put(*columns[0], at, Text(name->view()));
    if (as_text) put_text(run, *columns[1], at, name + 1);
    else put(*columns[1], at, Json{name + 1});
    return true;
  }
  const JsonNode* element() const override { return members_[next_ - 1] + 1; }

 private:
  std::vector<const JsonNode*> members_;
  size_t next_ = 0;
};

class MemberNames : public SetCall {
 public:
  void start(Run& run, Arguments arguments, size_t row) override {
    next_ = 0;
    members_.clear();
    const JsonNode* object = arguments[0]->of<Json>()[arguments[0]->at(row)].node;
    if (object->kind == JsonKind::kObject) members_ = sorted_members(object);
    else if (object->kind == JsonKind::kArray)
      run.fail("22023", "cannot call jsonb_object_keys on an array");
    else run.fail("22023", "cannot call jsonb_object_keys on a scalar");
  }
  bool next(Run&, std::span<Vector* const> columns, size_t at) override {
    if (next_ == members_.size()) return false;
    put(*columns[0], at, Text(members_[next_++]->view()));
    return true;
  }
  const JsonNode* element() const override { return members_[next_ - 1] + 1; }

 private:
  std::vector<const JsonNode*> members_;
  size_t next_ = 0;
};

template <bool as_text>
class EachElement : public SetCall {
 public:
  void start(Run& run, Arguments arguments, size_t row) override {
    const JsonNode* array = arguments[0]->of<Json>()[arguments[0]->at(row)].node;
    left_ = 0;
    if (array->kind == JsonKind::kArray) {
      left_ = array->size;
      element_ = array + 1;
    } else if (array->kind == JsonKind::kObject) {
      run.fail("22023", "cannot extract elements from an object");
    } else {
      run.fail("22023", "cannot extract elements from a scalar");
    }
  }
  bool next(Run& run, std::span<Vector* const> columns, size_t at) override {
    if (left_ == 0) return false;
    if (as_text) put_text(run, *columns[0], at, element_);
    else put(*columns[0], at, Json{element_});
    last_ = std::exchange(element_, after(element_));
    --left_;
    return true;
  }
  const JsonNode* element() const override { return last_; }

 private:
  const JsonNode *element_ = nullptr, *last_ = nullptr;
  uint32_t left_ = 0;
};

template <class T>
class Series : public SetCall {
 public:
  void start(Run& run, Arguments arguments, size_t row) override {
    const auto get = [&](size_t i) { return arguments[i]->of<T>()[arguments[i]->at(row)]; };
    next_ = get(0);
    last_ = get(1);
    step_ = arguments.size() > 2 ? get(2) : T{1};
    is_done_ = false;
    if (step_ != 0) return;
    run.fail("22023", "step size cannot equal zero");
    is_done_ = true;
  }
  bool next(Run&, std::span<Vector* const> columns, size_t at) override {
    if (is_done_ || (step_ > 0 ? next_ > last_ : next_ < last_)) return false;
    put(*columns[0], at, next_);
    is_done_ = __builtin_add_overflow(next_, step_, &next_);
    return true;
  }

 private:
  T next_{}, last_{}, step_{};
  bool is_done_ = false;
};

// The elements of an array, whatever its dimensions are.
class ArrayElements : public SetCall {
 public:
  void start(Run&, Arguments arguments, size_t row) override {
    array_ = arguments[0]->of<Array>()[arguments[0]->at(row)].body;
    next_ = 0;
  }
  bool next(Run&, std::span<Vector* const> columns, size_t at) override {
    if (next_ == array_->size) return false;
    Vector& column = *columns[0];
    const Element element = get_element(*array_, next_++);
    const size_t bytes = size_of(column.type);
    column.nulls[at] = element.value == nullptr;
    if (element.value)
      std::memcpy(static_cast<char*>(column.values) + at * bytes, element.value, bytes);
    return true;
  }

 private:
  const ArrayBody* array_ = nullptr;
  int32_t next_ = 0;
};

class PathItems : public SetCall {
 public:
  void start(Run& run, Arguments arguments, size_t row) override {
    next_ = 0;
    found_.clear();
    const auto json = [&](size_t i) { return arguments[i]->of<Json>()[arguments[i]->at(row)]; };
    if (arguments.size() > 2 && json(2).node->kind != JsonKind::kObject) {
      run.fail("22023", "\"vars\" argument is not an object");
      return;
    }
    const bool is_silent = arguments.size() > 3 && arguments[3]->of<bool>()[arguments[3]->at(row)];
    const JsonPath path = arguments[1]->of<JsonPath>()[arguments[1]->at(row)];
    find_items(run, path, json(0).node, is_silent, &found_);
  }
  bool next(Run&, std::span<Vector* const> columns, size_t at) override {
    if (next_ == found_.size()) return false;
    put(*columns[0], at, Json{found_[next_++]});
    return true;
  }
  const JsonNode* element() const override { return found_[next_ - 1]; }

 private:
  std::vector<const JsonNode*> found_;
  size_t next_ = 0;
};

template <class T>
std::unique_ptr<SetCall> make() {
  return std::make_unique<T>();
}

std::vector<SetFunction> all_set_functions() {
  std::vector<SetFunction> functions{
      {"jsonb_each",
       {Base::kJsonb},
       {{"key", Base::kText}, {"value", Base::kJsonb}},
       make<EachMember<false>>},
      {"jsonb_each_text",
       {Base::kJsonb},
       {{"key", Base::kText}, {"value", Base::kText}},
       make<EachMember<true>>},
      {"jsonb_object_keys", {Base::kJsonb}, {{"", Base::kText}}, make<MemberNames>},
      {"jsonb_array_elements", {Base::kJsonb}, {{"value", Base::kJsonb}}, make<EachElement<false>>},
      {"jsonb_array_elements_text",
       {Base::kJsonb},
       {{"value", Base::kText}},
       make<EachElement<true>>},
      {"unnest", {Type(Base::kAnyElement).array()}, {{"", Base::kAnyElement}}, make<ArrayElements>},
      {"jsonb_path_query", {Base::kJsonb, Base::kJsonPath}, {{"", Base::kJsonb}}, make<PathItems>},
      {"jsonb_path_query",
       {Base::kJsonb, Base::kJsonPath, Base::kJsonb},
       {{"", Base::kJsonb}},
       make<PathItems>},
      {"jsonb_path_query",
       {Base::kJsonb, Base::kJsonPath, Base::kJsonb, Base::kBoolean},
       {{"", Base::kJsonb}},
       make<PathItems>},
      {"generate_series",
       {Base::kInteger, Base::kInteger},
       {{"", Base::kInteger}},
       make<Series<int32_t>>},
      {"generate_series",
       {Base::kInteger, Base::kInteger, Base::kInteger},
       {{"", Base::kInteger}},
       make<Series<int32_t>>},
      {"generate_series",
       {Base::kBigint, Base::kBigint},
       {{"", Base::kBigint}},
       make<Series<int64_t>>},
      {"generate_series",
       {Base::kBigint, Base::kBigint, Base::kBigint},
       {{"", Base::kBigint}},
       make<Series<int64_t>>},
      {"json_leaves",
       {Base::kJsonb},
       {{"path", Base::kText}, {"value", Base::kJsonb}},
       make_json_leaves},
      {"json_leaves",
       {Base::kJsonb, Base::kText},
       {{"path", Base::kText}, {"value", Base::kJsonb}},
       make_json_leaves},
      {"senml", {Base::kJsonb, Base::kTimestamptz}, senml_columns(), make_senml},
  };
  add_regexp_sets(functions);
  return functions;
}

}  // namespace

const std::vector<SetFunction>& set_functions() {
  static const std::vector<SetFunction> functions = all_set_functions();
  return functions;
}

}  // namespace sql

// jsonb_set, jsonb_insert and #-: a value with another one at a path (setPath of jsonfuncs.c).
#include "catalogue/catalogue.hpp"
#include "values/array.hpp"
#include "values/json_build.hpp"
#include "values/json_order.hpp"
#include "values/json_steps.hpp"

namespace sql {
namespace {

enum class Change { kReplace, kReplaceOrAdd, kInsertBefore, kInsertAfter, kDelete };

class PathChange {
 public:
  PathChange(Run& run, const ArrayBody& path, Change change, const JsonNode* value)
      : run_(run), path_(path), change_(change), value_(value) {}

  std::optional<Json> apply(const JsonNode* node) {
    if (!change(node, 0)) return std::nullopt;
    return builder_.finish(run_);
  }

 private:
  bool adds() const { return change_ != Change::kReplace && change_ != Change::kDelete; }
  bool inserts() const {
    return change_ == Change::kInsertBefore || change_ == Change::kInsertAfter;
  }
  bool is_last(int32_t level) const { return level == path_.size - 1; }
  Text step(int32_t level) const {
    return *static_cast<const Text*>(get_element(path_, level).value);
  }
  bool fail(const char* state, const std::string& message) {
    run_.fail(state, message);
    return false;
  }

  // The value with the change at the path's steps from `level` on. False: it has failed.
  bool change(const JsonNode* node, int32_t level) {
    if (is_null_at(path_, level)) {
      return fail("22004", "path element at position " + std::to_string(level + 1) + " is null");
    }
    if (node->kind == JsonKind::kObject) return change_object(node, level);
    if (node->kind == JsonKind::kArray) return change_array(node, level);
    builder_.copy(node);
    return true;
  }

  bool change_object(const JsonNode* node, int32_t level) {
    const size_t begun = builder_.begin(JsonKind::kObject);
    uint32_t count = 0;
    bool is_found = false;
    for (const JsonNode* name : sorted_members(node)) {
      const bool is_it = name->view() == step(level);
      is_found = is_found || is_it;
      if (is_it && is_last(level)) {
        if (inserts()) return fail("22023", "cannot replace existing key");
        if (change_ == Change::kDelete) continue;
      }
      builder_.string(name->view());
      ++count;
      if (!is_it) builder_.copy(name + 1);
      else if (is_last(level)) builder_.copy(value_);
      else if (!change(name + 1, level + 1)) return false;
    }
    if (!is_found && is_last(level) && adds()) {
      builder_.string(step(level));
      builder_.copy(value_);
      ++count;
    }
    builder_.end(begun, count);
    return true;
  }

  bool change_array(const JsonNode* node, int32_t level) {
    const auto number = number_of_step(step(level));
    if (!number) {
      return fail("22P02", "path element at position " + std::to_string(level + 1) +
                               " is not an integer: \"" + std::string(step(level)) + "\"");
    }
    const int64_t place = *number < 0 ? int64_t{*number} + node->size : *number;
    const bool may_add = is_last(level) && adds();
    const size_t begun = builder_.begin(JsonKind::kArray);
    uint32_t count = 0;
    const auto add_value = [&](bool condition) {
      if (!condition) return;
      builder_.copy(value_);
      ++count;
    };
    add_value(may_add && place < 0);
    const JsonNode* at = node + 1;
    for (uint32_t i = 0; i < node->size; ++i, at = after(at)) {
      if (place != i) {
        builder_.copy(at);
        ++count;
      } else if (!is_last(level)) {
        if (!change(at, level + 1)) return false;
        ++count;
      } else {
        add_value(change_ != Change::kDelete && change_ != Change::kInsertAfter);
        if (inserts()) {
          builder_.copy(at);
          ++count;
        }
        add_value(change_ == Change::kInsertAfter);
      }
    }
    add_value(may_add && place >= node->size);
    builder_.end(begun, count);
    return true;
  }

  Run& run_;
  const ArrayBody& path_;
  const Change change_;
  const JsonNode* const value_;
  JsonBuilder builder_;
};

std::optional<Json> changed(Run& run, Json target, Array path, Change change,
                            const JsonNode* value) {
  if (!is_json_path(run, *path.body)) return std::nullopt;
  if (is_scalar(target.node)) {
    run.fail("22023", change == Change::kDelete ? "cannot delete path in scalar"
                                                : "cannot set path in scalar");
    return std::nullopt;
  }
  const bool is_empty = target.node->size == 0;
  if (is_empty && (change == Change::kDelete || change == Change::kReplace)) return target;
  if (path.body->size == 0) return target;
  return PathChange(run, *path.body, change, value).apply(target.node);
}

std::optional<Json> set_or_replace(Run& run, Json target, Array path, Json value, bool may_add) {
  return changed(run, target, path, may_add ? Change::kReplaceOrAdd : Change::kReplace, value.node);
}
std::optional<Json> set_at_path(Run& run, Json target, Array path, Json value) {
  return set_or_replace(run, target, path, value, true);
}
std::optional<Json> insert_beside(Run& run, Json target, Array path, Json value, bool behind) {
  return changed(run, target, path, behind ? Change::kInsertAfter : Change::kInsertBefore,
                 value.node);
}
std::optional<Json> insert_at_path(Run& run, Json target, Array path, Json value) {
  return insert_beside(run, target, path, value, false);
}
std::optional<Json> delete_at_path(Run& run, Json target, Array path) {
  return changed(run, target, path, Change::kDelete, nullptr);
}

template <auto function>
Routine with_path(std::string_view name) {
  using Of = KernelOf<function>;
  Routine routine{name, Of::arguments(), Of::kResult, Of::kKernel};
  routine.arguments[1] = Type(Base::kText).array();
  routine.is_strict = true;
  return routine;
}

}  // namespace

void add_json_set(Catalogue& to) {
  to.add_operator(with_path<delete_at_path>("#-"));
  to.add_function(with_path<delete_at_path>("jsonb_delete_path"));
  to.add_function(with_path<set_at_path>("jsonb_set"));
  to.add_function(with_path<set_or_replace>("jsonb_set"));
  to.add_function(with_path<insert_at_path>("jsonb_insert"));
  to.add_function(with_path<insert_beside>("jsonb_insert"));
}

}  // namespace sql

#include <algorithm>
#include <utility>

#include "catalogue/own_sets.hpp"
#include "catalogue/set_column.hpp"
#include "values/json_order.hpp"

namespace sql {
namespace {

// What the paths of one document may take: each repeats those of all that it is in.
constexpr size_t kMostPathBytes = 16 << 20;

class JsonLeaves : public SetCall {
 public:
  void start(Run&, Arguments arguments, size_t row) override {
    separator_ = arguments.size() > 1 ? arguments[1]->of<Text>()[arguments[1]->at(row)] : ".";
    open_.clear();
    path_.clear();
    path_bytes_ = 0;
    leaf_ = nullptr;
    enter(arguments[0]->of<Json>()[arguments[0]->at(row)].node);
  }
  bool next(Run& run, std::span<Vector* const> columns, size_t at) override {
    while (leaf_ == nullptr) {
      if (open_.empty()) return false;
      step();
    }
    path_bytes_ += path_.size();
    if (path_bytes_ > kMostPathBytes) {
      run.fail("54000", "the paths of json_leaves take more than 16 MB");
      return false;
    }
    put(*columns[0], at, Text(run.arena().copy(path_)));
    put(*columns[1], at, Json{leaf_});
    last_ = std::exchange(leaf_, nullptr);
    return true;
  }
  // In an array the path has its number.
  const JsonNode* element() const override {
    return std::all_of(open_.begin(), open_.end(), [](const Open& open) { return open.is_object; })
               ? last_
               : nullptr;
  }

 private:
  // An object or an array that is gone through.
  struct Open {
    bool is_object;
    size_t members_begin;  // of an object, in members_
    size_t next, count;
    const JsonNode* element;  // of an array
    size_t path_size;         // of its own path
    bool has_path;
  };

  void enter(const JsonNode* node) {
    if (is_scalar(node)) {
      leaf_ = node;
      return;
    }
    Open open{node->kind == JsonKind::kObject,
              members_.size(),
              0,
              node->size,
              node + 1,
              path_.size(),
              !open_.empty()};
    if (open.is_object) {
      const std::vector<const JsonNode*> sorted = sorted_members(node);
      open.count = sorted.size();
      members_.insert(members_.end(), sorted.begin(), sorted.end());
    }
    open_.push_back(open);
  }

  void step() {
    Open& open = open_.back();
    if (open.next == open.count) {
      members_.resize(open.members_begin);
      open_.pop_back();
      return;
    }
    path_.resize(open.path_size);
    if (open.has_path) path_ += separator_;
    const JsonNode* value = open.element;
    if (open.is_object) {
      const JsonNode* const name = members_[open.members_begin + open.next];
      path_ += name->view();
      value = name + 1;
    } else {
      path_ += std::to_string(open.next);
      open.element = after(open.element);
    }
    ++open.next;
    enter(value);
  }

  Text separator_;
  std::vector<Open> open_;
  std::vector<const JsonNode*> members_;
  std::string path_;
  size_t path_bytes_ = 0;
  const JsonNode *leaf_ = nullptr, *last_ = nullptr;
};

}  // namespace

std::unique_ptr<SetCall> make_json_leaves() { return std::make_unique<JsonLeaves>(); }

}  // namespace sql

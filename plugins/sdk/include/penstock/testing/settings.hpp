// A node's options and the rest of its settings, for a test of its plugin.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstring>
#include <deque>
#include <map>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "penstock/plugin.h"
#include "penstock/quantity.hpp"
#include "penstock/schema.hpp"

namespace penstock::testing {

// Options by name, as one would write them in a pipeline file; lists with commas.
using OptionTexts = std::map<std::string, std::string>;

class Settings {
 public:
  Settings() { settings_.size = sizeof(settings_), settings_.parallelism = 1; }
  // Throws std::invalid_argument where the engine would refuse the file: an option that the type
  // does not have, one that is missing, a value that is none or out of range.
  Settings(const penstock_node_type& type, const OptionTexts& texts) : Settings() {
    OptionTexts rest = texts;
    for (size_t i = 0; i < type.option_count; ++i) {
      const auto& option = *reinterpret_cast<const penstock_option*>(
          reinterpret_cast<const char*>(type.options) + i * type.options->size);
      const auto given = rest.find(option.name);
      const bool is_given = given != rest.end();
      if (!is_given && !option.default_value && (option.flags & PENSTOCK_OPTION_REQUIRED)) {
        throw std::invalid_argument(std::string(option.name) + " is missing");
      }
      add(option, is_given ? given->second.c_str() : option.default_value);
      if (is_given) rest.erase(given);
    }
    if (!rest.empty()) throw std::invalid_argument("unknown option " + rest.begin()->first);
  }
  Settings(Settings&&) = default;
  Settings& operator=(Settings&&) = default;

  std::string node = "node", service = "test";
  uint32_t parallelism = 1;
  int32_t intake = PENSTOCK_INTAKE_MEMORY;
  uint32_t extra_columns = 0;
  bool ends_session = false;
  std::vector<Schema> inputs;

  // As the plugin gets them; valid until the next call, or the end of this.
  const penstock_settings* c() {
    settings_.node = node.c_str();
    settings_.service = service.c_str();
    settings_.parallelism = parallelism;
    settings_.values = values_.data();
    settings_.value_count = values_.size();
    settings_.intake = intake;
    settings_.extra_columns = extra_columns;
    settings_.ends_session = ends_session;
    exported_.clear();
    inputs_.clear();
    for (const Schema& schema : inputs) {
      exported_.push_back(Exported(new ArrowSchema(export_schema(schema))));
      inputs_.push_back(exported_.back().get());
    }
    settings_.inputs = inputs_.data();
    settings_.input_count = inputs_.size();
    return &settings_;
  }

 private:
  struct Release {
    void operator()(ArrowSchema* schema) const {
      schema->release(schema);
      delete schema;
    }
  };
  using Exported = std::unique_ptr<ArrowSchema, Release>;

  penstock_text keep(std::string_view text) {
    const std::string& kept = *texts_.emplace_back(std::make_unique<std::string>(text));
    return {kept.data(), kept.size()};
  }

  static std::vector<std::string_view> parts_of(std::string_view text) {
    std::vector<std::string_view> parts;
    while (!text.empty()) {
      const size_t comma = text.find(',');
      const std::string_view part = penstock::detail::trim(text.substr(0, comma));
      if (!part.empty()) parts.push_back(part);
      text = comma == text.npos ? std::string_view() : text.substr(comma + 1);
    }
    return parts;
  }

  void add(const penstock_option& option, const char* text) {
    penstock_value value = {};
    value.size = sizeof(value);
    value.present = text != nullptr;
    if (text) read(option, text, value);
    values_.push_back(value);
  }

  void read(const penstock_option& option, std::string_view text, penstock_value& to) {
    const auto fail = [&](const char* what) {
      throw std::invalid_argument(std::string(option.name) + ": \"" + std::string(text) + "\" " +
                                  what);
    };
    std::optional<double> number;
    std::optional<int64_t> integer;
    switch (option.type) {
      case PENSTOCK_INTEGER: integer = parse_integer(text); break;
      case PENSTOCK_DURATION: integer = parse_duration(text); break;
      case PENSTOCK_SIZE: integer = parse_size(text); break;
      case PENSTOCK_NUMBER: number = parse_number(text); break;
      case PENSTOCK_BOOLEAN: {
        const std::optional<bool> is_true = parse_boolean(text);
        if (!is_true) fail("is neither true nor false");
        to.integer = *is_true;
        return;
      }
      case PENSTOCK_ENUM: {
        const auto choices = parts_of(option.choices);
        const auto at = std::find(choices.begin(), choices.end(), text);
        if (at == choices.end()) fail("is not one of its choices");
        to.integer = at - choices.begin();
        to.text = keep(text);
        return;
      }
      case PENSTOCK_LIST: {
        auto list = std::make_unique<std::vector<penstock_text>>();
        for (const std::string_view part : parts_of(text)) list->push_back(keep(part));
        to.list = list->data();
        to.list_size = list->size();
        lists_.push_back(std::move(list));
        return;
      }
      default: to.text = keep(text); return;
    }
    if (integer) number = static_cast<double>(*integer);
    if (!number || !std::isfinite(*number)) fail("is no value of its type");
    const bool has_bounds = option.min != 0 || option.max != 0;
    if (has_bounds && (*number < option.min || *number > option.max)) fail("is out of range");
    to.number = *number;
    to.integer = integer.value_or(0);
  }

  penstock_settings settings_ = {};
  std::vector<penstock_value> values_;
  std::vector<std::unique_ptr<std::string>> texts_;  // at addresses that stay
  std::vector<std::unique_ptr<std::vector<penstock_text>>> lists_;
  std::vector<Exported> exported_;
  std::vector<const ArrowSchema*> inputs_;
};

}  // namespace penstock::testing

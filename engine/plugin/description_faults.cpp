#include "plugin/description_faults.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstddef>
#include <set>
#include <string_view>

#include "config/option_values.hpp"

namespace penstock::engine {
namespace {

// Where the structs of ABI 1.0 end.
constexpr size_t kOption = offsetof(penstock_option, flags) + sizeof(penstock_option::flags);
constexpr size_t kPort = offsetof(penstock_port, help) + sizeof(penstock_port::help);
constexpr size_t kMetric =
    offsetof(penstock_metric, of_service) + sizeof(penstock_metric::of_service);
constexpr size_t kNodeType =
    offsetof(penstock_node_type, acknowledged) + sizeof(penstock_node_type::acknowledged);
constexpr size_t kPlugin =
    offsetof(penstock_plugin, type_count) + sizeof(penstock_plugin::type_count);

bool is_name(std::string_view name) {
  const auto is_letter = [](char c) { return c >= 'a' && c <= 'z'; };
  return !name.empty() && is_letter(name[0]) && std::all_of(name.begin(), name.end(), [&](char c) {
    return is_letter(c) || (c >= '0' && c <= '9') || c == '_';
  });
}

bool is_empty(const char* text) { return !text || *text == '\0'; }

class TypeFaults {
 public:
  TypeFaults(const penstock_node_type& type, size_t index, std::vector<DescriptionFault>& to)
      : type_(type), index_(index), to_(to) {}

  void find() {
    if (type_.size < kNodeType) {
      return add(
          fmt::format("its node type {} has a size of {}, which is too small", index_, type_.size));
    }
    if (!type_.name || !type_.create || !type_.destroy) {
      return add(fmt::format("its node type {} lacks a name, create or destroy", index_));
    }
    if (type_.kind < PENSTOCK_SOURCE || type_.kind > PENSTOCK_SINK) {
      return tell(fmt::format("is of the unknown kind {}", type_.kind));
    }
    if (type_.kind != PENSTOCK_SOURCE && !type_.process) tell("has no process function");
    if (type_.kind == PENSTOCK_SOURCE && !type_.start) remark("is a source and has no start");
    if (type_.kind == PENSTOCK_SOURCE && !type_.stop) remark("is a source and has no stop");
    if (type_.kind == PENSTOCK_TRANSFORM && type_.port_count == 0) {
      remark("is a transform and has no port");
    }
    if (!is_name(type_.name)) remark("has a name that is not of a-z, 0-9 and _");
    if (is_empty(type_.summary)) remark("has no summary");
    find_in_flags();
    find_in_options();
    find_in_ports();
    find_in_metrics();
  }

 private:
  void add(std::string text, bool refuses = true) { to_.push_back({std::move(text), refuses}); }
  void tell(const std::string& what, bool refuses = true) {
    add(fmt::format("its node type \"{}\" {}", type_.name, what), refuses);
  }
  void remark(const std::string& what) { tell(what, false); }

  void find_in_flags() {
    const bool is_transform = type_.kind == PENSTOCK_TRANSFORM;
    const uint32_t of_transforms = PENSTOCK_NODE_BLOCKING | PENSTOCK_NODE_LIGHT;
    if (!is_transform && (type_.flags & of_transforms)) {
      remark("has a flag that only transforms have (BLOCKING, LIGHT)");
    }
    if ((type_.flags & of_transforms) == of_transforms) remark("is both BLOCKING and LIGHT");
    const uint32_t of_sources = PENSTOCK_NODE_RETAINED | PENSTOCK_NODE_ATTRIBUTES;
    if (type_.kind != PENSTOCK_SOURCE && (type_.flags & of_sources)) {
      remark("has a flag that only sources have (RETAINED, ATTRIBUTES)");
    }
  }

  void find_in_options() {
    if (type_.option_count > 0 && !type_.options) return tell("has no option table");
    std::set<std::string> names;
    for (size_t i = 0; i < type_.option_count; ++i) {
      const penstock_option& option = strided(type_.options, i);
      if (option.size < kOption) {
        return tell(
            fmt::format("has an option {} with a size of {}, which is too small", i, option.size));
      }
      if (is_empty(option.name)) return tell(fmt::format("has an option {} without a name", i));
      const std::string what = fmt::format("has an option \"{}\"", option.name);
      if (!names.insert(option.name).second) tell(what + " twice");
      if (!is_name(option.name)) remark(what + " whose name is not of a-z, 0-9 and _");
      if (is_empty(option.help)) remark(what + " without help");
      find_in_option(option, what);
    }
  }

  void find_in_option(const penstock_option& option, const std::string& what) {
    if (option.type < PENSTOCK_STRING || option.type > PENSTOCK_SECRET) {
      return tell(fmt::format("{} of the unknown type {}", what, option.type));
    }
    if (option.type == PENSTOCK_ENUM && is_empty(option.choices)) {
      return tell(what + " without choices");
    }
    if (option.type != PENSTOCK_ENUM && option.choices) {
      remark(what + " with choices, which only PENSTOCK_ENUM has");
    }
    const std::vector<std::string> choices = choices_of(option);
    if (std::set<std::string>(choices.begin(), choices.end()).size() != choices.size()) {
      remark(what + " that has a choice twice");
    }
    const Bounds bounds = bounds_of(option);
    if (!(bounds.min <= bounds.max)) {
      tell(fmt::format("{} whose minimum of {} is above its maximum of {}", what, bounds.min,
                       bounds.max));
    } else if (const std::string fault = default_fault(option); !fault.empty()) {
      tell(fmt::format("{} with a default that it refuses: {}", what, fault));
    }
    if (option.default_value && (option.flags & PENSTOCK_OPTION_REQUIRED)) {
      remark(what + " that is required and has a default");
    }
  }

  void find_in_ports() {
    if (type_.port_count > 0 && !type_.ports) return tell("has no port table");
    std::set<std::string> names;
    for (size_t i = 0; i < type_.port_count; ++i) {
      const penstock_port& port = strided(type_.ports, i);
      if (port.size < kPort) {
        return tell(
            fmt::format("has a port {} with a size of {}, which is too small", i, port.size));
      }
      if (is_empty(port.name)) return tell(fmt::format("has a port {} without a name", i));
      const std::string what = fmt::format("has a port \"{}\"", port.name);
      if (!names.insert(port.name).second) tell(what + " twice");
      if (std::string_view(port.name) == "rejected") tell(what + ", which the engine adds");
      if (!is_name(port.name)) remark(what + " whose name is not of a-z, 0-9 and _");
      if (is_empty(port.help)) remark(what + " without help");
    }
  }

  void find_in_metrics() {
    if (type_.metric_count > 0 && !type_.metrics) return tell("has no metric table");
    std::set<std::string> names, status_names;
    for (size_t i = 0; i < type_.metric_count; ++i) {
      const penstock_metric& metric = strided(type_.metrics, i);
      if (metric.size < kMetric) {
        return tell(
            fmt::format("has a metric {} with a size of {}, which is too small", i, metric.size));
      }
      if (metric.kind < PENSTOCK_COUNTER || metric.kind > PENSTOCK_LABEL) {
        tell(fmt::format("has a metric {} of the unknown kind {}", i, metric.kind));
      }
      if (!metric.name && !metric.status_name) {
        remark(fmt::format("has a metric {} that is shown nowhere", i));
      }
      if (metric.name && !is_name(metric.name)) {
        remark(fmt::format("has a metric \"{}\" whose name is not of a-z, 0-9 and _", metric.name));
      }
      if (metric.name && !names.insert(metric.name).second) {
        tell(fmt::format("has a metric \"{}\" twice", metric.name));
      }
      if (metric.status_name && !status_names.insert(metric.status_name).second) {
        tell(fmt::format("has a metric \"{}\" of /status twice", metric.status_name));
      }
    }
  }

  const penstock_node_type& type_;
  const size_t index_;
  std::vector<DescriptionFault>& to_;
};

std::string abi_fault(const penstock_plugin& plugin) {
  if (plugin.abi_major != PENSTOCK_ABI_MAJOR) {
    return fmt::format(
        "it was built for plugin ABI {}.{}, this engine speaks {}.{}; build it "
        "again with this version's SDK",
        plugin.abi_major, plugin.abi_minor, PENSTOCK_ABI_MAJOR, PENSTOCK_ABI_MINOR);
  }
  if (plugin.abi_minor > PENSTOCK_ABI_MINOR) {
    return fmt::format("it needs plugin ABI {}.{}, this engine speaks {}.{}; update Penstock",
                       plugin.abi_major, plugin.abi_minor, PENSTOCK_ABI_MAJOR, PENSTOCK_ABI_MINOR);
  }
  return "";
}

}  // namespace

std::vector<DescriptionFault> description_faults(const penstock_plugin& plugin,
                                                 const std::string& expected) {
  if (std::string fault = abi_fault(plugin); !fault.empty()) return {{std::move(fault)}};
  if (plugin.size < kPlugin) {
    return {{fmt::format("its description has a size of {}, which is too small", plugin.size)}};
  }
  std::vector<DescriptionFault> faults;
  const std::string name = plugin.name ? plugin.name : "";
  if (name != expected) {
    faults.push_back(
        {fmt::format("it calls itself \"{}\"; name the file {}.so, or the plugin "
                     "\"{}\"",
                     name, name, expected)});
  }
  if (is_empty(plugin.version)) faults.push_back({"it has no version", false});
  if (plugin.type_count == 0 || !plugin.types) {
    faults.push_back({"it holds no node type"});
  } else {
    std::set<std::string> names;
    for (size_t i = 0; i < plugin.type_count; ++i) {
      const penstock_node_type& type = strided(plugin.types, i);
      TypeFaults(type, i, faults).find();
      if (type.size < kNodeType) break;  // no stride
      if (type.name && !names.insert(type.name).second) {
        faults.push_back({fmt::format("it has a node type \"{}\" twice", type.name)});
      }
    }
  }
  std::stable_sort(faults.begin(), faults.end(), [](const auto& one, const auto& other) {
    return one.refuses && !other.refuses;
  });
  return faults;
}

}  // namespace penstock::engine

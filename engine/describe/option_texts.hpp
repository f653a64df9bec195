// What a node type declares, in words that all of its descriptions share.
#pragma once

#include <penstock/plugin.h>

#include <string>

namespace penstock::engine {

const char* kind_name(int32_t kind);  // "source", "transform", "sink"

std::string type_text(const penstock_option& option);     // "integer", "json|text"
std::string default_text(const penstock_option& option);  // as in a file; "required"; "-": none
std::string range_text(const penstock_option& option);    // "1..65535 rows"; empty: any

// The columns that it takes or emits with its options at their defaults.
std::string columns_text(const penstock_node_type& type);

}  // namespace penstock::engine

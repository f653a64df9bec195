// The host of one instance that a command calls by itself, without a graph around it.
#pragma once

#include <penstock/plugin.h>

#include <functional>
#include <string>
#include <string_view>

namespace penstock::engine {

inline std::string_view view(penstock_text text) { return {text.data, text.size}; }

// What the instance does comes here, in the thread that it calls from.
struct CallHost {
  std::function<void(const penstock_source_message&)> take_message;
  std::function<void(ArrowArray rows)> take_rows;  // becomes their owner
  std::function<void(int64_t row, std::string_view reason, std::string_view detail)> take_rejected;
  std::function<void(std::string_view)> take_log;  // warnings and errors
  std::function<void()> take_end;                  // of a source
  std::string error;                               // of a call that failed

  // For `create`. What neither reads messages nor makes rows of them does nothing.
  static const penstock_host& functions();
  penstock_context* context() { return reinterpret_cast<penstock_context*>(this); }
};

}  // namespace penstock::engine

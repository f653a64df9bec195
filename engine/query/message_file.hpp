// Messages of a file, through the plugin that reads such files.
#pragma once

#include <penstock/plugin.h>

#include <functional>
#include <string>

namespace penstock::engine {

struct MessageFile {
  const penstock_node_type* type;  // a source of PENSTOCK_NODE_FILE
  std::string path;                // - for standard input
  uint32_t extra_columns = 0;      // PENSTOCK_COLUMN_…
};

// Calls `take` with each, in the order of the file, until its end. Each line that is none is told
// to `complain`. Returns why the file can't be read; empty: it was.
std::string read_messages(const MessageFile& file,
                          const std::function<void(const penstock_source_message&)>& take,
                          const std::function<void(std::string_view)>& complain);

}  // namespace penstock::engine

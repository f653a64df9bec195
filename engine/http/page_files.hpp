// The files of the page, as they lie in engine/http/page/, inside of the executable.
#pragma once

#include <span>
#include <string_view>

namespace penstock::engine {

struct PageFile {
  std::string_view path;  // "/" or "/page.css"
  std::string_view content_type;
  std::string_view content;
};

std::span<const PageFile> page_files();

}  // namespace penstock::engine

// The reference pages in Markdown, made from the option tables: docs/reference/.
#pragma once

#include <map>
#include <string>

#include "plugin/catalog.hpp"

namespace penstock::engine {

// A page for each plugin found, one for the engine's own sections, and README.md, which lists them:
// file → text. A plugin that cannot be opened is reported in `problems`.
std::map<std::string, std::string> reference_pages(Catalog& catalog, std::string& problems);

// In a table's cell, a | would end it.
std::string table_cell(const std::string& text);

}  // namespace penstock::engine

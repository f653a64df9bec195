// Text from outside on its way to a terminal or a log: topics, reasons, a server's words.
#pragma once

#include <string>
#include <string_view>

namespace penstock::engine {

// `text` with everything escaped that a terminal obeys instead of showing, or that makes a line
// look like another: C0, DEL and C1 control characters, line and paragraph separators, and the
// marks that change the direction of writing (Unicode Bidirectional Algorithm, UAX #9 §2) as \n,
// \u001B, \u202E, which is what JSON calls them, too; bytes that are not UTF-8 as \xFF. Bytes in
// `kept` stay.
std::string printable(std::string_view text, std::string_view kept = "");

}  // namespace penstock::engine

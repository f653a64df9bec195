// What `penstock check` says, held against what was expected.
#pragma once

#include <functional>
#include <string>

namespace penstock::engine {

// What differs, in lines for people; empty when nothing does. In an expected line … stands for any
// text. Empty lines at the end do not count. `place` names a line of the expected file.
std::string check_differences(const std::string& expected, const std::string& came,
                              const std::function<std::string(size_t line)>& place);

// What came, but where it is as expected in the words of that.
std::string updated_check(const std::string& expected, const std::string& came);

}  // namespace penstock::engine

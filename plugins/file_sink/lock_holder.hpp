// Who has locked a file.
#pragma once

#include <string>

namespace file_sink {

// "process 1234", or "" where /proc does not tell.
std::string lock_holder(int fd);

}  // namespace file_sink

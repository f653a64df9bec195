#include <exception>
#include <iostream>

#include "commands/command_line.hpp"
#include "commands/standard_output.hpp"

int main(int argc, char** argv) {
  penstock::engine::StandardOutput output;
  int code = 1;
  try {
    penstock::engine::CommandLine line;
    code = line.run(argc, argv);
  } catch (const std::exception& e) {
    std::cerr << "penstock: " << e.what() << "\n";
  }
  return output.finish(code);
}

// A line of the pipeline file as people may see it. The file may be no TOML, so that only its text
// tells where a secret is.
#pragma once

#include <string>

#include "config/interpolate.hpp"

namespace penstock::engine {

struct ShownLine {
  std::string text;     // without its end; empty: there is no such line
  bool secret = false;  // something that is, or may be, a secret is not shown
};

// What is known of a line besides its text.
struct LineTraits {
  bool hidden = false;   // it holds the value of a secret option
  bool in_text = false;  // it lies in a string of several lines that may be shown
};

// Shows nothing behind a name that sounds secret, nor of the inside of a string of several lines.
// `lookup`: the variables that hold secrets.
ShownLine shown_line(const std::string& source, unsigned line, const Lookup& lookup,
                     LineTraits traits = {});

// With the variables that secrets of the file read, as far as its text tells.
Lookup knowing_secrets_of(const std::string& source, Lookup lookup);

// A parser's error about such a line, without what it quotes of it.
std::string without_quotes_of_line(const std::string& error);

}  // namespace penstock::engine

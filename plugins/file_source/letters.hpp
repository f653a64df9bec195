// file_source.letters: the rows of dead letters that a file_source with `rows` reads.
#pragma once

#include <penstock/plugin.hpp>

#include <string>

#include "letter_rows.hpp"

namespace file_source {

class Letters {
 public:
  struct Options {
    std::string columns;
  };
  static penstock::Declaration declare();
  static void check(const Options& options, penstock::Report& report);
  static penstock::Schema input_schema(const Options&) { return penstock::message_schema(); }
  static penstock::Schema output_schema(const Options& options, uint32_t, const penstock::Schema&) {
    return parse_columns(options.columns);
  }

  Letters(const Options& options, penstock::Context& context)
      : context_(context), rows_(options.columns) {}
  penstock::Outcome process(const penstock::Batch& batch);

 private:
  penstock::Context& context_;
  LetterRows rows_;
};

}  // namespace file_source

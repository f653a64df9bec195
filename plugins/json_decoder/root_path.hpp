// The place inside a message where its points are, and what stands beside the way there.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "field_names.hpp"
#include "fields.hpp"

namespace json_decoder {

class RootPath {
 public:
  // A JSON Pointer (RFC 6901); empty: the message itself.
  // `keep`: members beside the way become metadata.
  RootPath(const std::string& pointer, bool keep, const FieldNames& names, Fields& fields,
           Words& words);

  bool empty() const { return steps_.empty(); }
  size_t depth() const { return steps_.size(); }
  const std::string& pointer() const { return pointer_; }

  // The text of what is there, not yet checked inside; all else of the message is. A time beside
  // the way goes into `around`, that of the innermost object last.
  Reason find(Document& document, Inherited& around, std::string_view& found);

 private:
  Reason enter_object(Object& object, size_t step, Inherited& around, std::string_view& found);
  Reason enter_array(Array& array, size_t step, Inherited& around, std::string_view& found);
  Reason enter(Value& value, size_t step, Inherited& around, std::string_view& found);
  Reason nothing_there();

  const std::string pointer_;
  const bool keep_;
  const FieldNames& names_;
  Fields& fields_;
  Words& words_;
  std::vector<std::string> steps_;
  bool has_time_ = false;  // `around` got one
};

}  // namespace json_decoder

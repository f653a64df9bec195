// Whether what a plugin emits keeps to its schema.
#pragma once

#include <penstock/arrow.h>

#include <string>

namespace penstock::engine {

// What is wrong with the frame of it: columns that lack, lengths that differ. Empty: nothing. Costs
// nothing that depends on the rows.
std::string shape_fault(const ArrowSchema& schema, const ArrowArray& rows);

// What is wrong with the offsets of its texts. Of an array whose shape is valid, as the next.
std::string offsets_fault(const ArrowSchema& schema, const ArrowArray& rows);

// What is wrong inside: offsets that fall, nulls where none may be, text that is not UTF-8. Of an
// array whose shape is valid. How large buffers really are, nobody can know of an ArrowArray.
std::string content_fault(const ArrowSchema& schema, const ArrowArray& rows);

}  // namespace penstock::engine

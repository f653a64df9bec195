// A place for every box of a directed acyclic graph, left to right, and a way for every wire.
//
// In the manner of Sugiyama, Tagawa and Toda, "Methods for Visual Understanding of Hierarchical
// System Structures" (1981): layers by longest path, few crossings by barycentres, then each box as
// near to its neighbours as the order in its layer allows. Good to some 60 boxes.
#pragma once

#include <cstddef>
#include <vector>

namespace penstock::engine {

// Pixels; x to the right, y down, (x, y) the upper left corner.
struct Box {
  double x = 0, y = 0, width = 0, height = 0;
};

struct Wire {
  size_t from = 0, to = 0;  // boxes
  size_t port = 0;          // wires of one port leave at one place
};

struct Point {
  double x = 0, y = 0;
};

struct LayoutGaps {
  double between_layers = 90;
  double between_boxes = 28;
  double between_wires = 14;
  double margin = 16;
};

struct Layout {
  std::vector<Box> boxes;
  // For each wire the points of a smooth way that is horizontal in each: from the right side of its
  // box to the left side of the other, between other boxes.
  std::vector<std::vector<Point>> wires;
  double width = 0, height = 0;
};

// Of `boxes` the sizes count. The wires must make no cycle. The same input gives the same layout.
Layout layered_layout(const std::vector<Box>& boxes, const std::vector<Wire>& wires,
                      const LayoutGaps& gaps = {});

}  // namespace penstock::engine

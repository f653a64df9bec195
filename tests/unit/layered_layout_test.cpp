#include "drawing/layered_layout.hpp"

#include <random>
#include "catch.hpp"

using namespace penstock::engine;

namespace {

struct Graph {
  std::vector<Box> boxes;
  std::vector<Wire> wires;
};

// So many boxes of several sizes, each read by some of those behind it.
Graph random_graph(unsigned seed, size_t boxes) {
  std::mt19937 random(seed);
  Graph graph;
  for (size_t i = 0; i < boxes; ++i) {
    graph.boxes.push_back(
        {0, 0, 80 + static_cast<double>(random() % 100), 30 + static_cast<double>(random() % 50)});
    const size_t inputs = i == 0 ? 0 : 1 + random() % 2;
    for (size_t k = 0; k < inputs; ++k) {
      // Mostly from near by, as people's pipelines are.
      const size_t back = 1 + random() % std::min<size_t>(i, random() % 4 == 0 ? i : 4);
      graph.wires.push_back({i - back, i, random() % 2});
    }
  }
  return graph;
}

bool overlap(const Box& a, const Box& b) {
  return a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height;
}

bool is_inside(const Point& point, const Box& box) {
  return point.x > box.x + 0.5 && point.x < box.x + box.width - 0.5 && point.y > box.y + 0.5 &&
         point.y < box.y + box.height - 0.5;
}

// On the way from a to b, which is horizontal in both (a cubic Bézier curve).
Point between(const Point& a, const Point& b, double t) {
  const double u = 1 - t, middle = (a.x + b.x) / 2;
  return {u * u * u * a.x + 3 * u * u * t * middle + 3 * u * t * t * middle + t * t * t * b.x,
          (u * u * u + 3 * u * u * t) * a.y + (3 * u * t * t + t * t * t) * b.y};
}

void check_is_readable(const Graph& graph) {
  const Layout layout = layered_layout(graph.boxes, graph.wires);
  for (size_t a = 0; a < layout.boxes.size(); ++a) {
    const Box& box = layout.boxes[a];
    REQUIRE((box.x >= 0 && box.y >= 0));
    REQUIRE((box.x + box.width <= layout.width && box.y + box.height <= layout.height));
    REQUIRE((box.width == graph.boxes[a].width && box.height == graph.boxes[a].height));
    for (size_t b = 0; b < a; ++b) REQUIRE_FALSE(overlap(box, layout.boxes[b]));
  }
  for (size_t i = 0; i < graph.wires.size(); ++i) {
    const std::vector<Point>& way = layout.wires[i];
    const Box &from = layout.boxes[graph.wires[i].from], &to = layout.boxes[graph.wires[i].to];
    REQUIRE(way.front().x == from.x + from.width);
    REQUIRE((way.front().y > from.y && way.front().y < from.y + from.height));
    REQUIRE(way.back().x == to.x);
    REQUIRE((way.back().y > to.y && way.back().y < to.y + to.height));
    for (size_t k = 1; k < way.size(); ++k) {
      REQUIRE(way[k].x >= way[k - 1].x);
      for (double t = 0; t <= 1; t += 0.05) {
        const Point point = between(way[k - 1], way[k], t);
        for (const Box& box : layout.boxes) REQUIRE_FALSE(is_inside(point, box));
      }
    }
  }
}

}  // namespace

TEST_CASE("boxes don't overlap, and wires lead to the right and through no box") {
  check_is_readable({{{0, 0, 100, 50}}, {}});
  for (unsigned seed = 0; seed < 60; ++seed) check_is_readable(random_graph(seed, 2 + seed));
}

TEST_CASE("a chain is a straight line, and its wires cross nothing") {
  Graph chain{{5, {0, 0, 100, 40}}, {{0, 1}, {1, 2}, {2, 3}, {3, 4}}};
  const Layout layout = layered_layout(chain.boxes, chain.wires);
  for (const Box& box : layout.boxes) CHECK(box.y == layout.boxes[0].y);
}

TEST_CASE("branches that were written crosswise are laid out without a crossing") {
  // Two sources, each with two chains; written so that every layer is in another order.
  const Graph graph{{10, {0, 0, 100, 40}},
                    {{0, 3}, {1, 2}, {0, 5}, {1, 4}, {2, 9}, {3, 8}, {4, 7}, {5, 6}}};
  const Layout layout = layered_layout(graph.boxes, graph.wires);
  for (const Wire& a : graph.wires) {
    for (const Wire& b : graph.wires) {
      const auto& boxes = layout.boxes;
      if (boxes[a.from].x != boxes[b.from].x) continue;
      const bool crosses = boxes[a.from].y < boxes[b.from].y && boxes[a.to].y > boxes[b.to].y;
      CHECK_FALSE(crosses);
    }
  }
}

TEST_CASE("a source stands next to the first that reads it") {
  const Graph graph{{4, {0, 0, 100, 40}}, {{0, 1}, {1, 2}, {3, 2}}};
  const Layout layout = layered_layout(graph.boxes, graph.wires);
  CHECK(layout.boxes[3].x == layout.boxes[1].x);
}

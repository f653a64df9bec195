#include "drawing/layered_layout.hpp"

#include <algorithm>
#include <cstdint>
#include <map>
#include <utility>

namespace penstock::engine {
namespace {

// A box, or the place where a long wire passes a layer.
struct Vertex {
  size_t layer = 0;
  double height = 0;
  bool is_box = false;
  double y = 0;  // of its middle
  std::vector<size_t> before, after;
};

class Layering {
 public:
  Layering(const std::vector<Box>& boxes, const std::vector<Wire>& wires, const LayoutGaps& gaps)
      : boxes_(boxes), wires_(wires), gaps_(gaps), vertices_(boxes.size()) {
    for (size_t i = 0; i < boxes.size(); ++i) vertices_[i] = {0, boxes[i].height, true, 0, {}, {}};
  }

  Layout run() {
    put_into_layers();
    break_long_wires();
    reduce_crossings();
    place();
    return describe();
  }

 private:
  // ---- Layers ----

  void put_into_layers() {
    // As often as the longest path is long.
    for (bool changed = true; changed;) {
      changed = false;
      for (const Wire& wire : wires_) {
        const size_t least = vertices_[wire.from].layer + 1;
        if (vertices_[wire.to].layer >= least) continue;
        vertices_[wire.to].layer = least;
        changed = true;
      }
    }
    // What has nothing before it stands next to the first that reads it.
    for (size_t i = 0; i < boxes_.size(); ++i) {
      size_t nearest = SIZE_MAX;
      bool has_before = false;
      for (const Wire& wire : wires_) {
        has_before = has_before || wire.to == i;
        if (wire.from == i) nearest = std::min(nearest, vertices_[wire.to].layer);
      }
      if (!has_before && nearest != SIZE_MAX) vertices_[i].layer = nearest - 1;
    }
  }

  void break_long_wires() {
    ways_.resize(wires_.size());
    for (size_t i = 0; i < wires_.size(); ++i) {
      const Wire& wire = wires_[i];
      size_t last = wire.from;
      for (size_t layer = vertices_[wire.from].layer + 1; layer < vertices_[wire.to].layer;
           ++layer) {
        vertices_.push_back({layer, 0, false, 0, {}, {}});
        connect(last, vertices_.size() - 1);
        last = vertices_.size() - 1;
        ways_[i].push_back(last);
      }
      connect(last, wire.to);
    }
    for (size_t i = 0; i < vertices_.size(); ++i) {
      layers_.resize(std::max(layers_.size(), vertices_[i].layer + 1));
      layers_[vertices_[i].layer].push_back(i);
    }
  }

  void connect(size_t from, size_t to) {
    vertices_[from].after.push_back(to);
    vertices_[to].before.push_back(from);
  }

  // ---- Crossings ----

  void reduce_crossings() {
    constexpr int kSweeps = 24;
    number_places();
    auto best = layers_;
    size_t fewest = crossings();
    for (int sweep = 0; sweep < kSweeps && fewest > 0; ++sweep) {
      for_each_layer(sweep % 2 == 0,
                     [&](size_t layer, auto neighbours) { sort_by_barycentre(layer, neighbours); });
      swap_neighbours();
      const size_t now = crossings();
      if (now >= fewest) continue;
      fewest = now;
      best = layers_;
    }
    layers_ = best;
    number_places();
  }

  // From the left by what comes before, or from the right by what comes after.
  template <class Visit>
  void for_each_layer(bool to_the_right, Visit&& visit) {
    for (size_t i = 1; i < layers_.size(); ++i) {
      if (to_the_right) visit(i, &Vertex::before);
      else visit(layers_.size() - 1 - i, &Vertex::after);
    }
  }

  using Neighbours = std::vector<size_t> Vertex::*;

  void sort_by_barycentre(size_t layer, Neighbours neighbours) {
    std::vector<std::pair<double, size_t>> by_centre;
    for (const size_t vertex : layers_[layer]) {
      const auto& near = vertices_[vertex].*neighbours;
      double sum = 0;
      for (const size_t each : near) sum += static_cast<double>(place_[each]);
      by_centre.emplace_back(near.empty() ? static_cast<double>(place_[vertex])
                                          : sum / static_cast<double>(near.size()),
                             vertex);
    }
    std::stable_sort(by_centre.begin(), by_centre.end(),
                     [](const auto& a, const auto& b) { return a.first < b.first; });
    for (size_t i = 0; i < by_centre.size(); ++i) layers_[layer][i] = by_centre[i].second;
    number_places();
  }

  // Where barycentres are equal, an exchange may still help.
  void swap_neighbours() {
    for (auto& layer : layers_) {
      for (size_t i = 0; i + 1 < layer.size(); ++i) {
        const size_t before = crossings_of(layer[i], layer[i + 1]);
        const size_t after = crossings_of(layer[i + 1], layer[i]);
        if (after < before) std::swap(layer[i], layer[i + 1]);
        place_[layer[i]] = i;
        place_[layer[i + 1]] = i + 1;
      }
    }
  }

  // Between the wires of two vertices of one layer, with `upper` above `lower`.
  size_t crossings_of(size_t upper, size_t lower) const {
    size_t count = 0;
    for (const Neighbours neighbours : {&Vertex::before, &Vertex::after}) {
      for (const size_t a : vertices_[upper].*neighbours) {
        for (const size_t b : vertices_[lower].*neighbours) count += place_[a] > place_[b];
      }
    }
    return count;
  }

  size_t crossings() const {
    size_t twice = 0;
    for (const auto& layer : layers_) {
      for (size_t i = 0; i < layer.size(); ++i) {
        for (size_t k = i + 1; k < layer.size(); ++k) twice += crossings_of(layer[i], layer[k]);
      }
    }
    return twice;  // each is seen from its left and from its right
  }

  void number_places() {
    place_.resize(vertices_.size());
    for (const auto& layer : layers_) {
      for (size_t i = 0; i < layer.size(); ++i) place_[layer[i]] = i;
    }
  }

  // ---- Coordinates ----

  void place() {
    constexpr int kRounds = 12;
    for (const auto& layer : layers_) {
      double y = 0;
      for (size_t i = 0; i < layer.size(); ++i) {
        if (i > 0) y += distance(layer[i - 1], layer[i]);
        vertices_[layer[i]].y = y;
      }
    }
    for (int round = 0; round < kRounds; ++round) {
      for_each_layer(round % 2 == 0,
                     [&](size_t layer, auto neighbours) { settle(layers_[layer], neighbours); });
    }
    double top = 0;
    for (const Vertex& vertex : vertices_) top = std::min(top, vertex.y - vertex.height / 2);
    for (Vertex& vertex : vertices_) vertex.y += gaps_.margin - top;
  }

  // The least between the middles of two that lie one below the other.
  double distance(size_t upper, size_t lower) const {
    const Vertex &above = vertices_[upper], &below = vertices_[lower];
    const double gap = above.is_box && below.is_box ? gaps_.between_boxes : gaps_.between_wires;
    return above.height / 2 + gap + below.height / 2;
  }

  // As near to the mean of their neighbours as their order and distances allow, by least squares:
  // with the distances taken off, that is an isotonic regression, here by pooling violators.
  void settle(const std::vector<size_t>& layer, Neighbours neighbours) {
    struct Pool {
      double sum, weight;
      size_t count;
      double mean() const { return sum / weight; }
    };
    std::vector<Pool> pools;
    std::vector<double> offsets;
    double offset = 0;
    for (size_t i = 0; i < layer.size(); ++i) {
      if (i > 0) offset += distance(layer[i - 1], layer[i]);
      offsets.push_back(offset);
      const auto& near = vertices_[layer[i]].*neighbours;
      double wanted = vertices_[layer[i]].y, weight = 0.1;
      if (!near.empty()) {
        wanted = 0;
        for (const size_t each : near) wanted += vertices_[each].y;
        wanted /= static_cast<double>(near.size());
        weight = 1;
      }
      pools.push_back({(wanted - offset) * weight, weight, 1});
      while (pools.size() > 1 && pools[pools.size() - 2].mean() > pools.back().mean()) {
        const Pool last = pools.back();
        pools.pop_back();
        pools.back() = {pools.back().sum + last.sum, pools.back().weight + last.weight,
                        pools.back().count + last.count};
      }
    }
    size_t i = 0;
    for (const Pool& pool : pools) {
      for (size_t k = 0; k < pool.count; ++k, ++i) {
        vertices_[layer[i]].y = pool.mean() + offsets[i];
      }
    }
  }

  // ---- The result ----

  Layout describe() {
    Layout layout;
    layout.boxes = boxes_;
    double x = gaps_.margin;
    for (const auto& layer : layers_) {
      double width = 0;
      for (const size_t vertex : layer) {
        if (vertices_[vertex].is_box) width = std::max(width, boxes_[vertex].width);
      }
      left_.push_back(x);
      right_.push_back(x + width);
      for (const size_t vertex : layer) {
        layout.height = std::max(layout.height, vertices_[vertex].y + vertices_[vertex].height / 2);
        if (!vertices_[vertex].is_box) continue;
        Box& box = layout.boxes[vertex];
        box.x = x + (width - box.width) / 2;
        box.y = vertices_[vertex].y - box.height / 2;
      }
      x += width + gaps_.between_layers;
    }
    layout.width = x - gaps_.between_layers + gaps_.margin;
    layout.height += gaps_.margin;
    lead_wires(layout);
    return layout;
  }

  void lead_wires(Layout& layout) const {
    const std::vector<double> leaves = places_to_leave(layout), enters = places_to_enter(layout);
    for (size_t i = 0; i < wires_.size(); ++i) {
      const Box &from = layout.boxes[wires_[i].from], &to = layout.boxes[wires_[i].to];
      const size_t first = vertices_[wires_[i].from].layer, last = vertices_[wires_[i].to].layer;
      std::vector<Point> way{{from.x + from.width, leaves[i]}, {right_[first], leaves[i]}};
      for (const size_t vertex : ways_[i]) {
        way.push_back({left_[vertices_[vertex].layer], vertices_[vertex].y});
        way.push_back({right_[vertices_[vertex].layer], vertices_[vertex].y});
      }
      way.push_back({left_[last], enters[i]});
      way.push_back({to.x, enters[i]});
      layout.wires.push_back(std::move(way));
    }
  }

  // A port's place is the same for all of its wires; ports lie in their order.
  std::vector<double> places_to_leave(const Layout& layout) const {
    std::vector<double> places(wires_.size());
    for (size_t box = 0; box < boxes_.size(); ++box) {
      std::map<size_t, std::vector<size_t>> by_port;
      for (size_t i = 0; i < wires_.size(); ++i) {
        if (wires_[i].from == box) by_port[wires_[i].port].push_back(i);
      }
      size_t place = 0;
      for (const auto& [port, wires] : by_port) {
        ++place;
        for (const size_t wire : wires)
          places[wire] = share(layout.boxes[box], place, by_port.size());
      }
    }
    return places;
  }

  // One place a wire, in the order in which they come.
  std::vector<double> places_to_enter(const Layout& layout) const {
    std::vector<double> places(wires_.size());
    for (size_t box = 0; box < boxes_.size(); ++box) {
      std::vector<std::pair<double, size_t>> coming;
      for (size_t i = 0; i < wires_.size(); ++i) {
        if (wires_[i].to != box) continue;
        const size_t before = ways_[i].empty() ? wires_[i].from : ways_[i].back();
        coming.emplace_back(vertices_[before].y + static_cast<double>(wires_[i].port), i);
      }
      std::sort(coming.begin(), coming.end());
      for (size_t i = 0; i < coming.size(); ++i) {
        places[coming[i].second] = share(layout.boxes[box], i + 1, coming.size());
      }
    }
    return places;
  }

  static double share(const Box& box, size_t place, size_t of) {
    return box.y + box.height * static_cast<double>(place) / static_cast<double>(of + 1);
  }

  const std::vector<Box>& boxes_;
  const std::vector<Wire>& wires_;
  const LayoutGaps& gaps_;
  std::vector<Vertex> vertices_;             // boxes first
  std::vector<std::vector<size_t>> ways_;    // of each wire: the vertices between its ends
  std::vector<std::vector<size_t>> layers_;  // from the top
  std::vector<size_t> place_;                // of each vertex in its layer
  std::vector<double> left_, right_;         // of each layer
};

}  // namespace

Layout layered_layout(const std::vector<Box>& boxes, const std::vector<Wire>& wires,
                      const LayoutGaps& gaps) {
  return Layering(boxes, wires, gaps).run();
}

}  // namespace penstock::engine

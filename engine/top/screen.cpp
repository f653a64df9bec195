#include "top/screen.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

#include "config/quantity.hpp"
#include "telemetry/printable.hpp"

namespace penstock::engine {
namespace {

using Json = nlohmann::ordered_json;

std::string grouped(double number) { return format_grouped(std::llround(number)); }

std::string bytes(double number) {
  for (const auto& [unit, size] : {std::pair{"GiB", 0x1p30}, {"MiB", 0x1p20}, {"KiB", 0x1p10}}) {
    if (number >= size) return fmt::format("{:.1f} {}", number / size, unit);
  }
  return fmt::format("{:.0f} B", number);
}

std::string seconds(double number) {
  if (number < 60) return fmt::format("{:.1f} s", number);
  return format_uptime(static_cast<int64_t>(number));
}

Tone tone_of(const std::string& state) {
  if (state == "ok") return Tone::kOk;
  if (state == "retrying" || state == "failed") return Tone::kTrouble;
  return Tone::kWarning;
}

class Screen {
 public:
  Screen(const Json& view, const Json& before, size_t width)
      : view_(view), before_(before), width_(width) {}

  std::vector<ScreenLine> lines() {
    head();
    points();
    add("");
    add(fmt::format("{:<18}{:<15}{:>12}{:>12}{:>7}{:>7}{:>11}{:>8}", "node", "state", "rows/s in",
                    "rows/s out", "busy", "queue", "rejected", "errors"),
        Tone::kQuiet);
    for (const Json& node : view_["nodes"]) this->node(node);
    return std::move(lines_);
  }

 private:
  // Cut by characters, not bytes.
  void add(const std::string& words, Tone tone = Tone::kPlain) {
    std::string text = printable(words);
    size_t characters = 0, at = 0;
    for (; at < text.size(); ++at) {
      if ((static_cast<unsigned char>(text[at]) & 0xC0) == 0x80) continue;
      if (++characters > width_) break;
    }
    text.resize(at);
    lines_.push_back({std::move(text), tone});
  }

  double rate(const char* name) const {
    if (before_.is_null()) return 0;
    const double passed = view_["at_ms"].get<double>() - before_["at_ms"].get<double>();
    const double grown =
        view_["accounting"][name].get<double>() - before_["accounting"][name].get<double>();
    return passed > 0 ? std::max(0.0, 1000 * grown / passed) : 0;
  }

  void head() {
    std::string worst = "ok";
    for (const Json& node : view_["nodes"]) {
      const std::string state = node["state"];
      if (static_cast<int>(tone_of(state)) > static_cast<int>(tone_of(worst))) worst = state;
    }
    add(fmt::format("{}  {}  up {}  {} points/s received  {} points/s stored",
                    view_["service"].get<std::string>(), worst,
                    seconds(view_["uptime_s"].get<double>()), grouped(rate("received")),
                    grouped(rate("stored"))),
        worst == "ok" ? Tone::kStrong : tone_of(worst));
  }

  void points() {
    const Json& points = view_["accounting"];
    std::string text = "points:";
    for (const auto& [name, value] : points.items()) {
      if (!value.is_number()) continue;
      const double count = value;
      const bool always = name == "received" || name == "stored" || name == "in_flight";
      if (!always && count == 0) continue;
      std::string words = name;
      std::replace(words.begin(), words.end(), '_', ' ');
      text += fmt::format("  {} {}", grouped(count), words);
    }
    const bool balanced = points["balanced"];
    add(text + (balanced ? "  (balanced)" : "  (NOT BALANCED)"),
        balanced ? Tone::kPlain : Tone::kTrouble);
  }

  void node(const Json& node) {
    const std::string state = node["state"];
    const std::string busy =
        node.contains("intake") ? "-" : fmt::format("{:.0f} %", 100 * node["busy"].get<double>());
    add(fmt::format("{:<18}{:<15}{:>12}{:>12}{:>7}{:>7}{:>11}{:>8}",
                    node["name"].get<std::string>(), state, grouped(node["rate_in"]),
                    grouped(node["rate_out"]), busy, grouped(node["queued"]),
                    grouped(node["rejected"]), grouped(node["errors"])),
        state == "ok" ? Tone::kPlain : tone_of(state));
    if (node.contains("intake")) intake(node["intake"]);
    if (node.contains("lanes")) lanes(node["lanes"]);
    const std::string why = node["why"];
    if (!why.empty()) add("  " + why, tone_of(state));
  }

  void intake(const Json& intake) {
    const double share = intake["bytes"].get<double>() / intake["max_bytes"].get<double>();
    const auto filled = static_cast<size_t>(std::lround(std::min(1.0, share) * 20));
    std::string text =
        fmt::format("  intake [{}{}] {} of {}, {} not done", std::string(filled, '#'),
                    std::string(20 - filled, '.'), bytes(intake["bytes"]),
                    bytes(intake["max_bytes"]), grouped(intake["undone"]));
    if (intake["undone"] > 0) text += fmt::format(", oldest {}", seconds(intake["oldest_s"]));
    add(text, share > 0.8 ? Tone::kWarning : Tone::kQuiet);
  }

  void lanes(const Json& lanes) {
    std::string text = "  lanes:";
    for (const auto& [state, count] : lanes.items()) {
      if (count > 0) text += fmt::format(" {} {},", count.get<int>(), state);
    }
    if (text.back() == ',') text.pop_back();
    add(text, lanes["retrying"] > 0 ? Tone::kTrouble : Tone::kQuiet);
  }

  const Json &view_, &before_;
  const size_t width_;
  std::vector<ScreenLine> lines_;
};

}  // namespace

std::vector<ScreenLine> screen_of(const std::string& view, const std::string& before,
                                  size_t width) {
  const Json now = Json::parse(view, nullptr, false);
  Json earlier = before.empty() ? Json(nullptr) : Json::parse(before, nullptr, false);
  if (!now.is_object() || !now.contains("nodes"))
    return {{"this is no view of an engine", Tone::kTrouble}};
  if (!earlier.is_object()) earlier = nullptr;
  return Screen(now, earlier, width).lines();
}

}  // namespace penstock::engine

// Intake, batch times, and what became of the points.
import {make, count, bytes, duration} from "./format.js";

function pairs(rows) {
  const list = make("dl");
  for (const [name, value] of rows) list.append(make("dt", {}, name), make("dd", {}, value));
  return list;
}

// Bars of a histogram whose last bucket has no upper end.
export function bars(times) {
  const most = Math.max(1, ...times.counts);
  const width = 100 / times.counts.length;
  const svg = make("svg:svg", {class: "bars", viewBox: "0 0 100 46", preserveAspectRatio: "none", role: "img",
    "aria-label": times.help});
  times.counts.forEach((number, i) => {
    const height = number ? Math.max(1, 44 * number / most) : 0;
    const limit = i < times.upper_s.length ? "up to " + short(times.upper_s[i]) : "more";
    svg.append(make("svg:rect", {x: i * width + 0.5, y: 45 - height, width: width - 1, height},
      make("svg:title", {}, `${limit}: ${count(number)}`)));
  });
  return make("figure", {}, svg, make("figcaption", {}, make("span", {}, "up to " + short(times.upper_s[0])),
    make("span", {}, "more than " + short(times.upper_s.at(-1)))));
}

export function short(seconds) {
  return seconds < 1 ? `${seconds * 1000} ms` : `${seconds} s`;
}

// Below this, so large a share of what was measured lies.
export function quantile(times, share) {
  if (times.count === 0) return "–";
  let sum = 0;
  for (let i = 0; i < times.counts.length; ++i) {
    sum += times.counts[i];
    if (sum >= share * times.count) return i < times.upper_s.length ? "≤ " + short(times.upper_s[i]) : "> 10 s";
  }
  return "–";
}

function intakeCard(node) {
  const {intake} = node;
  return make("div", {class: "card"}, make("h2", {}, `Intake of ${node.name}`),
    make("meter", {min: 0, max: intake.max_bytes, value: intake.bytes, high: 0.8 * intake.max_bytes,
      "aria-label": "filled"}),
    pairs([["holds", `${bytes(intake.bytes)} of ${bytes(intake.max_bytes)}, ${intake.on_disk ? "on disk" : "in memory"}`],
      ["messages not done", count(intake.undone)],
      ["oldest", intake.undone ? duration(intake.oldest_s) : "–"]]));
}

function timesCard(node) {
  const {times} = node;
  return make("div", {class: "card"}, make("h2", {}, `Batch times of ${node.name}`), bars(times),
    pairs([["half", quantile(times, 0.5)], ["99 %", quantile(times, 0.99)], ["batches", count(times.count)]]));
}

function pointsCard(points) {
  const rows = Object.entries(points).filter(([name]) => name !== "balanced")
    .map(([name, value]) => [name.replaceAll("_", " "), count(value)]);
  return make("div", {class: "card"}, make("h2", {}, "Points"), pairs(rows),
    make("p", {class: points.balanced ? "ok" : "failed"},
      points.balanced ? "● every point is accounted for" : "✕ points are not accounted for"));
}

export function showCards(place, view) {
  place.replaceChildren(pointsCard(view.accounting), ...view.nodes.filter((node) => node.intake).map(intakeCard),
    ...view.nodes.filter((node) => node.times).map(timesCard));
}

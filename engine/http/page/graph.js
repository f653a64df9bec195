// The drawn graph. Places come from the engine; this draws them once and then changes what moves.
import {make, rate, percent, bytes, duration, MARKS} from "./format.js";

function path(way) {
  let d = `M${way[0][0]} ${way[0][1]}`;
  for (let i = 1; i < way.length; ++i) {
    const [a, b] = [way[i - 1], way[i]], middle = (a[0] + b[0]) / 2;
    d += a[1] === b[1] ? `H${b[0]}` : `C${middle} ${a[1]} ${middle} ${b[1]} ${b[0]} ${b[1]}`;
  }
  return d;
}

function drawWire(wire) {
  const d = path(wire.way);
  const group = make("svg:g", {class: wire.label ? "aside" : ""},
    make("svg:path", {class: "wire", d, "stroke-width": 1.5}), make("svg:path", {class: "flow", d}));
  if (wire.label) {
    const up = wire.way[2][1] < wire.way[0][1];
    group.append(make("svg:text", {x: wire.way[0][0] + 6, y: wire.way[0][1] + (up ? 14 : -5)}, wire.label));
  }
  return {...wire, group, line: group.firstChild};
}

function drawNode(node, open) {
  const [x, y, width, height] = node.box;
  const text = (cls, dx, dy, anchor = "start") =>
    make("svg:text", {class: cls, x: x + dx, y: y + dy, "text-anchor": anchor});
  const parts = {
    mark: text("mark", width - 14, 23, "end"), name: text("name", 15, 23), plugin: text("", 15, 40),
    rate: text("rate", 15, 63), queue: text("", width - 14, 62, "end"),
    fill: make("svg:rect", {class: "fill", x: x + 15, y: y + 72, width: 0, height: 5, rx: 2}),
    busy: text("", width - 14, 79, "end"), more: text("", 15, 102),
    lanes: make("svg:g"),
  };
  parts.name.textContent = node.name;
  parts.plugin.textContent = node.plugin;
  const group = make("svg:g", {class: "node", tabindex: 0, role: "button", "data-node": node.name},
    make("svg:rect", {class: "box", x, y, width, height, rx: 9}),
    make("svg:rect", {class: "kind-" + node.kind, x, y: y + 12, width: 5, height: height - 24, rx: 2}),
    make("svg:rect", {class: "track", x: x + 15, y: y + 72, width: width - 80, height: 5, rx: 2}),
    ...Object.values(parts));
  group.addEventListener("click", () => open(node.name));
  group.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" && event.key !== " ") return;
    event.preventDefault();
    open(node.name);
  });
  return {...node, group, parts};
}

function showLanes(node, lanes) {
  const [x, y] = node.box;
  node.parts.lanes.replaceChildren();
  let i = 0;
  for (const state of ["working", "idle", "retrying", "starting"]) {
    for (let k = 0; k < (lanes[state] || 0) && i < 12; ++k, ++i) {
      node.parts.lanes.append(make("svg:rect",
        {class: "lane-" + state, x: x + 15 + 12 * i, y: y + 93, width: 9, height: 9, rx: 2}));
    }
  }
  const working = lanes.working || 0, all = Object.values(lanes).reduce((a, b) => a + b, 0);
  node.parts.more.setAttribute("x", x + 22 + 12 * i);
  node.parts.more.textContent = lanes.retrying ? `${lanes.retrying} of ${all} retry` :
    working ? `${working} of ${all} at work` : all > 1 ? `${all} lanes` : "1 lane";
}

function showIntake(node, intake) {
  const oldest = intake.undone ? `, ${duration(intake.oldest_s)} old` : "";
  node.parts.more.textContent = `${bytes(intake.bytes)} of ${bytes(intake.max_bytes)}${oldest}`;
}

export class Graph {
  constructor(place, open) {
    this.place = place;
    this.open = open;
    this.nodes = new Map();
    this.wires = [];
  }

  draw(graph) {
    this.wires = graph.wires.map(drawWire);
    this.nodes = new Map(graph.nodes.map((node) => [node.name, drawNode(node, this.open)]));
    this.place.replaceChildren(make("svg:svg",
      {viewBox: `0 0 ${graph.width} ${graph.height}`, role: "group", "aria-label": "The graph"},
      ...this.wires.map((wire) => wire.group), ...[...this.nodes.values()].map((node) => node.group)));
    // Not larger than life.
    this.place.firstChild.setAttribute("width", graph.width);
  }

  // `portRate(node, port)`: rows a second that leave by it.
  show(view, portRate) {
    for (const node of view.nodes) this.showNode(node);
    for (const wire of this.wires) {
      const rows = portRate(wire.from, wire.port);
      wire.line.setAttribute("stroke-width", (1.5 + 1.1 * Math.log10(1 + rows)).toFixed(1));
      wire.group.classList.toggle("flows", rows > 0);
    }
  }

  showNode(now) {
    const node = this.nodes.get(now.name);
    if (!node) return;
    const {parts, group} = node;
    group.setAttribute("class", "node state-" + now.state);
    parts.mark.textContent = MARKS[now.state] + (now.state === "ok" ? "" : " " + now.state);
    parts.rate.textContent = rate(node.kind === "sink" ? now.rate_in : node.kind === "source" ? now.rate_in : now.rate_out);
    parts.queue.textContent = now.queued ? "queue " + now.queued : "";
    // What a source does runs on threads of its own, which nobody times.
    const busy = Math.min(1, now.busy);
    parts.fill.setAttribute("width", (node.box[2] - 80) * busy);
    parts.busy.textContent = node.kind === "source" ? "" : percent(busy);
    if (now.intake) showIntake(node, now.intake);
    if (now.lanes) showLanes(node, now.lanes);
    if (now.intake) {
      parts.fill.setAttribute("width", (node.box[2] - 80) * Math.min(1, now.intake.bytes / now.intake.max_bytes));
      parts.busy.textContent = percent(now.intake.bytes / now.intake.max_bytes);
    }
    group.setAttribute("aria-label", `${now.name}, ${node.plugin}: ${now.state}${now.why ? ", " + now.why : ""}, ` +
      `${rate(now.rate_in)} in, ${rate(now.rate_out)} out`);
  }
}

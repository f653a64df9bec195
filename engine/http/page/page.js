// The page of a running engine: the graph as it was drawn by the engine, alive once a second.
import {count, rate, duration} from "./format.js";
import {Graph} from "./graph.js";
import {Panel} from "./panel.js";
import {showCards} from "./cards.js";
import {showTable} from "./table.js";

const part = (id) => document.getElementById(id);
const panel = new Panel(part("panel"));
const graph = new Graph(part("graph"), (name) => panel.open(graphNode(name), layout.taps));
let layout = null, drawn = -1, before = null, rates = new Map();

function graphNode(name) {
  return layout.nodes.find((node) => node.name === name);
}

// Rows a second by node and port, from two views.
function measure(view) {
  const seconds = before ? (view.at_ms - before.at_ms) / 1000 : 0;
  rates = new Map();
  for (const node of view.nodes) {
    const earlier = before?.nodes.find((each) => each.name === node.name);
    for (const [port, rows] of Object.entries(node.ports || {})) {
      const grown = rows - (earlier?.ports?.[port] ?? rows);
      rates.set(`${node.name}.${port}`, seconds > 0 && grown > 0 ? grown / seconds : 0);
    }
  }
}

const portRate = (node, port) => rates.get(`${node}.${port}`) || 0;

function worst(view) {
  if (view.stalled) return "failed";
  for (const state of ["failed", "retrying", "starting", "backpressured"]) {
    if (view.nodes.some((node) => node.state === state)) return state;
  }
  return "ok";
}

function showHead(view) {
  part("service").textContent = view.service;
  document.title = view.service + " · Penstock";
  const state = worst(view);
  if (part("state").textContent !== state) part("state").textContent = state;
  part("state").className = "badge " + state;
  const seconds = before ? (view.at_ms - before.at_ms) / 1000 : 0;
  for (const name of ["received", "stored"]) {
    const grown = before ? view.accounting[name] - before.accounting[name] : 0;
    part("rate-" + name).textContent = seconds > 0 ? rate(Math.max(0, grown) / seconds) : "–";
  }
  part("in-flight").textContent = count(view.accounting.in_flight);
  part("uptime").textContent = duration(view.uptime_s);
  part("version").textContent = "Penstock " + view.version;
}

async function show(view) {
  if (view.reloads !== drawn) {
    layout = await (await fetch("/graph")).json();
    drawn = view.reloads;
    graph.draw(layout);
  }
  measure(view);
  showHead(view);
  graph.show(view, portRate);
  panel.show(view, portRate);
  showCards(part("cards"), view);
  showTable(document.querySelector("#nodes tbody"), view);
  before = view;
  document.body.dataset.views = Number(document.body.dataset.views || 0) + 1;
}

let last = Promise.resolve();
const events = new EventSource("/events");
events.addEventListener("message", (event) => {
  last = last.then(() => show(JSON.parse(event.data))).catch((error) => console.error(error));
});
events.addEventListener("error", () => {
  part("state").textContent = "no connection";
  part("state").className = "badge failed";
  before = null;
  drawn = -1;
});
document.addEventListener("keydown", (event) => {
  if (event.key === "Escape" && panel.node) panel.close();
});

// The same numbers as a table: for screen readers, and for those who read rather than look. Cells change
// in place, so that nobody loses the one that they are in.
import {make, count, percent, bytes, duration, MARKS} from "./format.js";

function more(node) {
  if (node.lanes) {
    return Object.entries(node.lanes).filter(([, number]) => number).map(([state, number]) => `${number} ${state}`).join(", ");
  }
  if (!node.intake) return "";
  return `${count(node.intake.undone)} not done, ${bytes(node.intake.bytes)}` +
    (node.intake.undone ? `, oldest ${duration(node.intake.oldest_s)}` : "");
}

function cells(node) {
  return [node.name, `${MARKS[node.state]} ${node.state}`, count(node.rate_in), count(node.rate_out),
    node.intake ? "" : percent(node.busy), String(node.queued), count(node.rows_in), count(node.rejected),
    count(node.errors), more(node)];
}

function newRow(node) {
  const texts = cells(node);
  return make("tr", {"data-node": node.name}, make("th", {scope: "row"}),
    ...texts.slice(1).map(() => make("td")));
}

function showRow(row, node) {
  cells(node).forEach((text, i) => {
    if (row.children[i].textContent !== text) row.children[i].textContent = text;
  });
  row.children[1].className = node.state;
}

// A line below the node's own, as long as something is to be said.
function showWhy(row, node) {
  const next = row.nextElementSibling?.dataset.why === node.name ? row.nextElementSibling : null;
  if (!node.why) return next?.remove();
  const why = next || make("tr", {"data-why": node.name}, make("td", {class: "why", colspan: 10}));
  if (!next) row.after(why);
  why.firstChild.textContent = `${node.name}: ${node.why}`;
}

export function showTable(body, view) {
  const names = view.nodes.map((node) => node.name).join("\n");
  if (body.dataset.names !== names) {
    body.replaceChildren(...view.nodes.map(newRow));
    body.dataset.names = names;
  }
  for (const node of view.nodes) {
    const row = body.querySelector(`[data-node="${CSS.escape(node.name)}"]`);
    showRow(row, node);
    showWhy(row, node);
  }
}

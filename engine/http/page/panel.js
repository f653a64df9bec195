// One node, opened: why it is as it is, its rates of 15 minutes, times, ports, options, and its rows.
import {make, count, rate, percent} from "./format.js";
import {bars} from "./cards.js";

const MOST_LINES = 50;

function line(numbers, label) {
  const most = Math.max(1, ...numbers);
  const d = numbers.map((number, i) => `${i ? "L" : "M"}${900 - numbers.length + i} ${68 - 64 * number / most}`).join("");
  return make("svg:svg", {class: "line", viewBox: "0 0 900 70", preserveAspectRatio: "none", role: "img",
    "aria-label": `${label}, at most ${rate(most)}`}, make("svg:path", {d: d || "M0 68"}));
}

function options(node) {
  const list = make("dl");
  for (const option of node.options) {
    const value = make("dd", {}, option.value === "" ? "–" : option.value);
    if (option.reference) {
      const from = option.from ? `from ${option.from}` : "";
      value.append(make("span", {class: "reference", title: from}, option.reference));
    }
    list.append(make("dt", {title: option.help}, option.name), value);
  }
  return list;
}

export class Panel {
  constructor(place) {
    this.place = place;
    this.node = null;
  }

  open(node, tapsAllowed) {
    this.stopTap();
    this.node = node;
    this.parts = {why: make("p"), ports: make("dl"), times: make("div"), history: make("div"), rows: make("pre", {hidden: ""})};
    const close = make("button", {type: "button"}, "Close");
    close.addEventListener("click", () => this.close());
    this.place.replaceChildren(
      make("div", {class: "head"}, make("h2", {}, node.name), make("span", {}, `${node.plugin}: ${node.summary}`), close),
      this.parts.why,
      make("div", {class: "columns"},
        make("div", {}, make("h3", {}, "The last 15 minutes"), this.parts.history, make("h3", {}, "Ports"), this.parts.ports,
          this.parts.times),
        make("div", {}, make("h3", {}, "Options"), options(node))),
      make("h3", {}, "Rows"), this.tapButton(tapsAllowed), this.parts.rows);
    this.place.hidden = false;
    this.place.focus();
    this.loadHistory();
  }

  close() {
    this.stopTap();
    this.place.hidden = true;
    document.querySelector(`#graph [data-node="${CSS.escape(this.node.name)}"]`)?.focus();
    this.node = null;
  }

  show(view, portRate) {
    const now = this.node && view.nodes.find((node) => node.name === this.node.name);
    if (!now) return;
    this.parts.why.className = now.state;
    this.parts.why.textContent = now.why ? `${now.state}: ${now.why}` : now.state;
    this.parts.ports.replaceChildren();
    for (const [port, rows] of Object.entries(now.ports || {})) {
      this.parts.ports.append(make("dt", {}, port), make("dd", {}, `${rate(portRate(now.name, port))}, ${count(rows)} rows`));
    }
    if (now.times) this.parts.times.replaceChildren(make("h3", {}, now.times.help), bars(now.times));
    if (view.uptime_s % 5 === 0) this.loadHistory();
  }

  async loadHistory() {
    const name = this.node.name;
    const history = await (await fetch("/history?node=" + encodeURIComponent(name))).json();
    if (!this.node || this.node.name !== name) return;
    const numbers = this.node.kind === "sink" ? history.rate_in : this.node.kind === "source" ? history.rate_in : history.rate_out;
    const last = numbers.length ? numbers[numbers.length - 1] : 0, most = Math.max(0, ...numbers);
    this.parts.history.replaceChildren(line(numbers, "Rows a second"),
      make("p", {}, `now ${rate(last)}, at most ${rate(most)}, busy ${percent(history.busy.at(-1) || 0)}`));
  }

  tapButton(allowed) {
    const button = make("button", {type: "button", id: "tap"}, "Show rows");
    if (!allowed) {
      button.disabled = true;
      return make("p", {}, button, " given on a loopback address only: http.listen = \"127.0.0.1:…\"");
    }
    button.addEventListener("click", () => this.tapping ? this.stopTap() : this.startTap(button));
    return make("p", {}, button);
  }

  async startTap(button) {
    const tapping = this.tapping = new AbortController();
    const {rows} = this.parts;
    button.textContent = "Stop";
    this.tapButtonShown = button;
    rows.hidden = false;
    rows.textContent = "";
    try {
      const answer = await fetch("/tap?rate=5&node=" + encodeURIComponent(this.node.name), {signal: tapping.signal});
      const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader();
      for (let text = ""; ;) {
        const {value, done} = await reader.read();
        if (done) break;
        text += value;
        rows.textContent = text.split("\n").filter((each) => each).slice(-MOST_LINES).join("\n");
        text = text.split("\n").slice(-MOST_LINES - 1).join("\n");
        rows.scrollTop = rows.scrollHeight;
      }
    } catch (error) {
      if (error.name !== "AbortError") rows.textContent += `\n${error.message}`;
    }
    if (this.tapping === tapping) this.stopTap();
  }

  stopTap() {
    this.tapping?.abort();
    this.tapping = null;
    if (this.tapButtonShown) this.tapButtonShown.textContent = "Show rows";
  }
}

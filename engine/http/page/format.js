// Numbers and times for people.
export function count(number) {
  return Math.round(number).toLocaleString("en");
}

export function rate(number) {
  if (number >= 9950000) return (number / 1e6).toFixed(1) + " M/s";
  if (number >= 999500) return (number / 1e6).toFixed(2) + " M/s";
  if (number >= 9950) return (number / 1e3).toFixed(1) + " k/s";
  return count(number) + "/s";
}

export function bytes(number) {
  for (const [unit, size] of [["GiB", 2 ** 30], ["MiB", 2 ** 20], ["KiB", 2 ** 10]]) {
    if (number >= size) return (number / size).toFixed(number >= 10 * size ? 0 : 1) + " " + unit;
  }
  return number + " B";
}

export function duration(seconds) {
  if (seconds >= 86400) return Math.floor(seconds / 86400) + " d " + Math.floor(seconds % 86400 / 3600) + " h";
  if (seconds >= 3600) return Math.floor(seconds / 3600) + " h " + Math.floor(seconds % 3600 / 60) + " min";
  if (seconds >= 60) return Math.floor(seconds / 60) + " min " + Math.floor(seconds % 60) + " s";
  return (seconds < 10 ? seconds.toFixed(1) : Math.floor(seconds)) + " s";
}

export function percent(share) {
  return Math.round(100 * share) + " %";
}

const SVG = "http://www.w3.org/2000/svg";

// An element with attributes and children; `svg:` before its name makes it one of SVG.
export function make(name, attributes = {}, ...children) {
  const element = name.startsWith("svg:") ? document.createElementNS(SVG, name.slice(4))
                                          : document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  element.append(...children);
  return element;
}

export const MARKS = {ok: "●", starting: "…", backpressured: "◐", retrying: "↻", failed: "✕"};

"use strict";
// Comfort only: without this script the page shows everything. Reads what the page already holds, fetches nothing.
(() => {
  const all = (selector, within = document) => [...within.querySelectorAll(selector)];
  const make = (tag, text, parent) => {
    const element = document.createElement(tag);
    element.textContent = text;
    if (parent) parent.append(element);
    return element;
  };
  const press = (button, on) => button.setAttribute("aria-pressed", String(on));

  // The theme: as the system has it, or one of the two. Colours are variables of the style, so nothing else changes.
  const theme = document.getElementById("theme");
  const themes = ["system", "light", "dark"];
  theme.hidden = false;
  theme.addEventListener("click", () => {
    const now = document.documentElement.dataset.theme || "system";
    const next = themes[(themes.indexOf(now) + 1) % themes.length];
    if (next === "system") delete document.documentElement.dataset.theme;
    else document.documentElement.dataset.theme = next;
    theme.textContent = `Theme: ${next}`;
  });

  // Strategies can be hidden, with their bands and ideals: by their button, by their name in a chart or in the table.
  const hidden = new Set();
  const bar = document.getElementById("strategies");
  const switches = bar ? all("button", bar) : [];
  // An ideal may be that of several strategies; it stays as long as one of them does.
  const lines = all("figure g.band, figure g.measured, figure g.ideal")
    .map((group) => [group, group.dataset.slot.split(" ")]);
  const labels = all("figure svg text[data-slot]");
  const rows = all("#numbers tbody tr");
  const show = (slot) => {
    if (!hidden.delete(slot)) hidden.add(slot);
    switches.forEach((button) => press(button, !hidden.has(button.dataset.slot)));
    lines.forEach(([group, slots]) => group.classList.toggle("off", slots.every((slot) => hidden.has(slot))));
    labels.forEach((text) => text.classList.toggle("dim", hidden.has(text.dataset.slot)));
    rows.forEach((row) => row.classList.toggle("off", hidden.has(row.dataset.slot)));
  };
  if (bar) bar.hidden = false;
  switches.forEach((button) => {
    const line = document.querySelector(`figure g.measured[data-slot="${button.dataset.slot}"] > polyline`);
    if (line) button.style.setProperty("--dot", line.getAttribute("stroke"));
  });
  switches.concat(labels).forEach((name) => name.addEventListener("click", () => show(name.dataset.slot)));
  rows.forEach((row) => row.cells[0].addEventListener("click", () => show(row.dataset.slot)));
  labels.forEach((text) => text.classList.add("switch"));

  // A chart that is there on both scales is shown on one of them, with a switch; print shows both.
  all("figure").forEach((linear) => {
    const log = document.querySelector(`figure[data-figure="${linear.dataset.figure}-log"]`);
    if (!log) return;
    const pair = [linear, log];
    const choose = (chosen) => pair.forEach((figure) => {
      figure.classList.toggle("unchosen", figure !== chosen);
      all(".scales button", figure).forEach((button, at) => press(button, pair[at] === chosen));
    });
    pair.forEach((figure) => {
      const scales = figure.querySelector(".scales");
      scales.hidden = false;
      ["Linear", "Logarithmic"].forEach((word, at) => {
        const button = make("button", word, scales);
        button.type = "button";
        button.addEventListener("click", () => {
          choose(pair[at]);
          all(".scales button", pair[at])[at].focus();
        });
      });
    });
    choose(linear);
  });

  // A narrow screen shows a row of a table as a list, where each value needs its column's name.
  all("table").forEach((table) => {
    const heads = all("thead th", table).map((head) => head.textContent);
    all("tbody tr", table).forEach((row) => [...row.cells].forEach((cell, at) => { cell.dataset.label = heads[at]; }));
    table.classList.add("cards");
  });

  // A table is sorted by a click on a heading, first up, then down; empty fields stay at the end.
  all("table.sortable").forEach((table) => {
    const heads = [...table.tHead.rows[0].cells];
    heads.forEach((head, column) => {
      const button = make("button", head.textContent);
      button.type = "button";
      head.replaceChildren(button);
      button.addEventListener("click", () => {
        const down = head.getAttribute("aria-sort") === "ascending";
        heads.forEach((other) => other.removeAttribute("aria-sort"));
        head.setAttribute("aria-sort", down ? "descending" : "ascending");
        const key = (row) => {
          const { dataset, textContent } = row.cells[column];
          return head.classList.contains("text") || column === 0 ? textContent || null
            : dataset.number === undefined ? null : Number(dataset.number);
        };
        const order = (a, b) => (typeof a === "string" ? a.localeCompare(b) : a - b) * (down ? -1 : 1);
        const sorted = [...table.tBodies[0].rows].map((row) => [key(row), row]);
        sorted.sort(([a], [b]) => (a === null ? 1 : 0) - (b === null ? 1 : 0) || (a === null ? 0 : order(a, b)));
        table.tBodies[0].append(...sorted.map(([, row]) => row));
      });
    });
  });

  // A chart over request counts tells all values at the count under the pointer; arrow keys go from count to count, and
  // up and down from panel to panel. The values are those of the table below the chart.
  all("figure").forEach((figure) => {
    const tables = all("details table", figure);
    const picture = figure.querySelector(".picture");
    const box = figure.querySelector(".values");
    if (!tables.length) return;
    let panel = 0;
    let index = 0;
    const shown = () => all("svg", picture).find((svg) => svg.getClientRects().length);
    const panels = () => all("g.axes", shown()).map((group) => ({
      plot: group.dataset.plot.split(" ").map(Number),
      range: group.dataset.x.split(" ").map(Number),
      scale: "logX" in group.dataset ? Math.log : Number,
    }));
    const counts = () => all("tbody th", tables[panel]).map((head) => Number(head.dataset.number));
    const place = ({ plot, range, scale }, count) => {
      const [low, high, at] = [...range, count].map(scale);
      return plot[0] + (plot[2] - plot[0]) * (at - low) / (high - low);
    };
    const clear = () => {
      all(".guide", picture).forEach((guide) => guide.remove());
      box.hidden = true;
    };
    const tell = () => {
      clear();
      const table = tables[panel];
      const row = table.tBodies[0].rows[index];
      const axes = panels()[panel];
      if (!row || !axes) return;
      const x = place(axes, counts()[index]);
      const guide = document.createElementNS("http://www.w3.org/2000/svg", "line");
      Object.entries({ class: "guide", x1: x, x2: x, y1: axes.plot[1], y2: axes.plot[3] })
        .forEach(([name, value]) => guide.setAttribute(name, value));
      shown().append(guide);
      const about = table.caption.textContent;
      box.replaceChildren();
      make("p", `${about} at ${row.cells[0].textContent} requests`, box);
      const list = make("table", "", box);
      [...table.tHead.rows[0].cells].forEach((head, column) => {
        if (column === 0 || hidden.has(head.dataset.slot)) return;
        const line = list.insertRow();
        make("th", head.textContent, line).scope = "row";
        make("td", row.cells[column].textContent || "not measured", line);
      });
      box.hidden = false;
      const width = shown().clientWidth;
      const scale = width / shown().viewBox.baseVal.width;
      const at = x * scale;
      const left = at + 16 + box.offsetWidth > width ? at - 16 - box.offsetWidth : at + 16;
      box.style.left = `${Math.max(0, Math.min(left, width - box.offsetWidth))}px`;
      box.style.top = `${axes.plot[1] * scale + 4}px`;
    };
    const nearest = (event) => {
      const svg = shown();
      const frame = svg.getBoundingClientRect();
      const scale = svg.viewBox.baseVal.width / frame.width;
      const [x, y] = [(event.clientX - frame.left) * scale, (event.clientY - frame.top) * scale];
      const inside = ({ plot }) => x >= plot[0] - 8 && x <= plot[2] + 8 && y >= plot[1] && y <= plot[3];
      const found = panels().findIndex(inside);
      if (found < 0 || found >= tables.length) return clear();
      panel = found;
      const away = (count) => Math.abs(place(panels()[panel], count) - x);
      index = counts().reduce((best, count, at, list) => (away(count) < away(list[best]) ? at : best), 0);
      tell();
    };
    picture.addEventListener("pointermove", nearest);
    picture.addEventListener("pointerdown", nearest);
    picture.addEventListener("pointerleave", clear);
    picture.addEventListener("focus", () => picture.matches(":focus-visible") && tell());
    picture.addEventListener("blur", clear);
    picture.addEventListener("keydown", (event) => {
      const step = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[event.key];
      if (event.key === "Escape") clear();
      if (!step || (step[1] && tables.length < 2)) return;
      event.preventDefault();
      panel = Math.min(Math.max(panel + step[1], 0), tables.length - 1);
      index = Math.min(Math.max(index + step[0], 0), counts().length - 1);
      tell();
    });
  });
})();

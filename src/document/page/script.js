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
  // In a timeline each strategy has a panel of its own.
  const timelines = all("figure svg g.panel").map((panel) => ({
    panel,
    slots: all(".bars", panel).map((bars) => bars.dataset.slot),
    title: all("g.panel-titles text", panel.ownerSVGElement)[all("g.panel", panel.ownerSVGElement).indexOf(panel)],
  })).filter(({ slots }) => slots.length);
  const rows = all("#numbers tbody tr");
  // Hiding strategies leaves their room to the others: the y axis of each panel is laid over what is left to see. All
  // positions are mapped from those that the picture was drawn with, so that showing everything restores it.
  const UNITS = { ns: 1e-9, "µs": 1e-6, ms: 1e-3, s: 1, min: 60, h: 3600, B: 1, KiB: 1024, MiB: 2 ** 20, GiB: 2 ** 30, TiB: 2 ** 40 };
  const SECONDS = [["s", 1], ["ms", 1e-3], ["µs", 1e-6], ["ns", 1e-9]];
  const pairs = (text) => text.trim().split(/\s+/).map((pair) => pair.split(",").map(Number));
  const number = (element, name) => Number(element.getAttribute(name));
  const joined = (points) => points.map((point) => point.map((value) => value.toFixed(2)).join(",")).join(" ");
  const digits = (value, step) => value.toFixed(Math.min(9, Math.max(0, -Math.floor(Math.log10(step) + 1e-9))))
    .replace(/^-/, "−").replace(/(\d)(?=(\d{3})+(?!\d))/g, (all, digit, rest, at, text) => (text.lastIndexOf(".", at) < 0 ? `${digit}\u202f` : all));
  const planesOfPage = () => all("figure svg").flatMap((svg) => all("g.panel", svg).map((panel) => {
    const axes = panel.querySelector("g.axes");
    if (!axes || !axes.dataset.y) return null;
    const [, top, right, bottom] = axes.dataset.plot.split(" ").map(Number);
    const isLog = "logY" in axes.dataset;
    const scale = isLog ? Math.log10 : Number;
    const [low, high] = axes.dataset.y.split(" ").map((end) => scale(Number(end)));
    const within = (text) => number(text, "y") > top - 2 && number(text, "y") < bottom + 12;
    const groups = all("g.band, g.series", panel).map((group) => ({
      group,
      shapes: all("polyline, polygon, circle", group).map((shape) => ({
        shape,
        is: shape.tagName === "circle" || (shape.tagName === "polygon" && !group.classList.contains("band")) ? "marker" : "line",
        at: shape.tagName === "circle" ? [[Number(shape.getAttribute("cx")), Number(shape.getAttribute("cy"))]]
          : pairs(shape.getAttribute("points")),
      })),
    }));
    const key = svg.querySelector("g.key");
    const labels = key ? all("text[data-slot]", key).filter((text) => number(text, "x") > right && within(text)) : [];
    return { svg, panel, axes, top, bottom, low, high, isLog, groups, key, labels, grid: panel.querySelector("g.grid"),
      ticks: all("g.ticks-y text", svg).filter(within), places: null };
  })).filter(Boolean);

  // Nice values between two ends, and how each is written.
  const ticksOf = ({ axes, isLog, ticks }, low, high) => {
    const first = ticks.length ? ticks[0].textContent : "";
    const suffix = (first.match(/[×%]$/) || [""])[0];
    const factor = suffix === "%" ? 0.01 : UNITS[axes.dataset.unit] || 1;
    if (!isLog) {
      const [from, to] = [low / factor, high / factor];
      const raw = (to - from) / 6;
      const power = 10 ** Math.floor(Math.log10(raw));
      const step = [1, 2, 2.5, 5, 10].map((by) => by * power).find((by) => by >= raw);
      const fine = step / power === 2.5 ? step / 10 : step;
      const count = Math.floor(to / step + 1e-9) - Math.ceil(from / step - 1e-9) + 1;
      return Array.from({ length: count }, (_, at) => (Math.ceil(from / step - 1e-9) + at) * step)
        .map((value) => [value * factor, Math.abs(value) < step / 1e6 ? `0${suffix}` : digits(value, fine) + suffix]);
    }
    const powers = Array.from({ length: Math.ceil(high) - Math.floor(low) + 1 }, (_, at) => Math.floor(low) + at);
    const values = (parts) => powers.flatMap((power) => parts.map((part) => part * 10 ** power))
      .filter((value) => Math.log10(value) >= low - 1e-9 && Math.log10(value) <= high + 1e-9);
    const found = [[1], [1, 2, 5], [1, 1.5, 2, 3, 5, 7], [1, 1.1, 1.2, 1.3, 1.4, 1.5, 2, 2.5, 3, 4, 5, 6, 7, 8, 9]].map(values).find((list) => list.length >= 3) || values([1, 2, 5]);
    const written = (value) => {
      const isTime = /(ns|µs|ms|\ds|\ss)$/u.test(first) || axes.dataset.unit === "s" || axes.dataset.unit === "ms";
      if (isTime && !axes.dataset.unit) {
        const [name, size] = SECONDS.find(([, size]) => value >= size * 0.999) || SECONDS[3];
        return `${Number((value / size).toPrecision(3))}\u00a0${name}`;
      }
      return Number((value / factor).toPrecision(3)).toLocaleString("en").replace(/,/g, "\u202f") + suffix;
    };
    return found.slice(0, 12).map((value) => [value, written(value)]);
  };

  const rescale = (plane) => {
    const { svg, panel, top, bottom, isLog, groups, key, labels, grid, ticks } = plane;
    const [low, high] = [plane.low, plane.high];
    const value = (y) => low + (bottom - y) / (bottom - top) * (high - low);
    const shown = groups.filter(({ group }) => !group.classList.contains("off"));
    const measured = shown.filter(({ group }) => !group.classList.contains("ideal"));
    const ends = measured.flatMap(({ shapes }) => shapes.filter(({ is }) => is === "line")
      .flatMap(({ at }) => at.map(([, y]) => value(y))));
    const isWhole = shown.length === groups.length || !ends.length;
    const room = isLog ? 0.06 : 0.05;
    const [least, most] = ends.length ? [Math.min(...ends), Math.max(...ends)] : [low, high];
    const pad = Math.max((most - least) * room, (high - low) * 1e-3);
    const newLow = isWhole ? low : isLog || low > 0 ? Math.max(low, least - pad) : low;
    const newHigh = isWhole ? high : Math.min(high, most + pad);
    const place = (v) => bottom - (v - newLow) / (newHigh - newLow) * (bottom - top);
    const map = (y) => place(value(y));
    groups.forEach(({ shapes }) => {
      const vertices = shapes.filter(({ is }) => is === "line").flatMap(({ at }) => at);
      shapes.forEach(({ shape, is, at }) => {
        if (is === "line") return shape.setAttribute("points", joined(at.map(([x, y]) => [x, map(y)])));
        const middle = at.reduce((sum, [x]) => sum + x, 0) / at.length;
        const away = ([x]) => Math.abs(x - middle);
        const near = vertices.reduce((best, vertex) => (away(vertex) < away(best) ? vertex : best), vertices[0] || at[0]);
        shape.setAttribute("transform", `translate(0 ${(map(near[1]) - near[1]).toFixed(2)})`);
      });
    });
    // What leaves the plot, an ideal for instance, is not drawn over its surroundings.
    const clip = `${panel.id}-clip`;
    if (!svg.getElementById(clip)) {
      const area = document.createElementNS("http://www.w3.org/2000/svg", "clipPath");
      area.id = clip;
      const box = document.createElementNS("http://www.w3.org/2000/svg", "rect");
      Object.entries({ x: 0, y: top - 8, width: svg.viewBox.baseVal.width, height: bottom - top + 16 })
        .forEach(([name, size]) => box.setAttribute(name, size));
      area.append(box);
      svg.append(area);
    }
    groups.forEach(({ group }) => (isWhole ? group.removeAttribute("clip-path") : group.setAttribute("clip-path", `url(#${clip})`)));
    plane.drawn ||= { grid: [...grid.children], ticks: [...ticks] };
    (plane.extra || []).forEach((element) => element.remove());
    plane.extra = [];
    plane.drawn.grid.concat(plane.drawn.ticks).forEach((element) => element.classList.toggle("off", !isWhole));
    if (!isWhole && plane.drawn.ticks.length) {
      ticksOf(plane, newLow, newHigh).forEach(([tick, text]) => {
        const y = place(isLog ? Math.log10(tick) : tick);
        const line = plane.drawn.grid[plane.drawn.grid.length - 1].cloneNode();
        const [[x1], [x2]] = pairs(line.getAttribute("points"));
        line.setAttribute("points", joined([[x1, y], [x2, y]]));
        const label = plane.drawn.ticks[0].cloneNode();
        label.setAttribute("y", (y + 4.8).toFixed(2));
        label.textContent = text;
        [line, label].forEach((element) => element.classList.remove("off"));
        grid.append(line);
        plane.drawn.ticks[0].parentNode.append(label);
        plane.extra.push(line, label);
      });
    }
    // Names at the ends of their lines go with them, one below the other.
    const ofLabel = plane.ofLabel ||= labels.map((text) => {
      const y = number(text, "y") - number(text, "font-size") * 0.343;
      const signs = all("polyline, polygon, circle", key).map((shape) => [shape, shape.tagName === "circle"
        ? [[Number(shape.getAttribute("cx")), Number(shape.getAttribute("cy"))]] : pairs(shape.getAttribute("points"))]);
      const isHere = ([, at]) => Math.abs(at.reduce((sum, point) => sum + point[1], 0) / at.length - y) < 3 && at[0][0] > svg.viewBox.baseVal.width * 0.5;
      const leader = signs.find(([, at]) => at.length === 3 && at[0][0] < at[2][0] && Math.abs(at[2][1] - y) < 3 && at[0][0] < number(text, "x") - 40);
      return { text, y, leader, signs: signs.filter((sign) => isHere(sign) && sign !== leader) };
    });
    const moved = ofLabel.filter(({ text }) => !hidden.has(text.dataset.slot)).map((label) => {
      const line = groups.find(({ group }) => group.classList.contains("measured") && group.dataset.slot === label.text.dataset.slot);
      const end = line && line.shapes.filter(({ is }) => is === "line").flatMap(({ at }) => at).pop();
      return { ...label, end: end ? map(end[1]) : label.y };
    }).sort((a, b) => a.end - b.end);
    let free = top - 4;
    moved.forEach((label) => { label.at = Math.max(label.end, free); free = label.at + 21; });
    let lowest = bottom + 4;
    [...moved].reverse().forEach((label) => { label.at = Math.min(label.at, lowest); lowest = label.at - 21; });
    ofLabel.forEach(({ text, leader, signs, y }) => {
      const found = moved.find((label) => label.text === text);
      const by = isWhole || !found ? 0 : found.at - y;
      [text, ...signs.map(([shape]) => shape)].forEach((shape) => {
        shape.setAttribute("transform", `translate(0 ${by.toFixed(2)})`);
        shape.classList.toggle("off", !isWhole && !found);
      });
      if (!leader) return;
      leader[0].classList.toggle("off", !isWhole && !found);
      leader[0].setAttribute("points", joined(isWhole || !found ? leader[1]
        : [[leader[1][0][0], found.end], [leader[1][1][0], found.end], [leader[1][2][0], found.at]]));
    });
  };

  let planes = null;
  const show = (slot) => {
    if (!hidden.delete(slot)) hidden.add(slot);
    switches.forEach((button) => press(button, !hidden.has(button.dataset.slot)));
    lines.forEach(([group, slots]) => group.classList.toggle("off", slots.every((slot) => hidden.has(slot))));
    labels.forEach((text) => text.classList.toggle("dim", hidden.has(text.dataset.slot)));
    timelines.forEach(({ panel, slots, title }) => {
      const off = slots.every((slot) => hidden.has(slot));
      panel.classList.toggle("off", off);
      if (title) title.classList.toggle("dim", off);
    });
    rows.forEach((row) => row.classList.toggle("off", hidden.has(row.dataset.slot)));
    planes ||= planesOfPage();
    planes.forEach(rescale);
  };
  if (bar) bar.hidden = false;
  const paint = (element, slot) => {
    const line = document.querySelector(`figure g.measured[data-slot="${slot}"] > polyline`);
    if (line) element.style.setProperty("--dot", line.getAttribute("stroke"));
  };
  switches.forEach((button) => paint(button, button.dataset.slot));
  switches.concat(labels).forEach((name) => name.addEventListener("click", () => show(name.dataset.slot)));
  rows.forEach((row) => row.cells[0].addEventListener("click", () => show(row.dataset.slot)));
  labels.forEach((text) => text.classList.add("switch"));

  // Texts are laid out with the widths of the font that charts name first; where a wider one takes its place, a text that
  // would leave its picture, at its right or, as names of rows, at its left, is set narrower. This is
  // done before a chart is hidden that print shows, and again when others come to be seen.
  const fit = () => all("figure svg text").forEach((text) => {
    const right = text.ownerSVGElement.viewBox.baseVal.width - 4;
    const { x, width } = text.getBBox();
    const room = x < 4 ? x + width - 4 : right - x;
    if (!width || width <= room || text.hasAttribute("textLength")) return;
    text.setAttribute("textLength", room.toFixed(2));
    text.setAttribute("lengthAdjust", "spacingAndGlyphs");
  });
  fit();
  addEventListener("resize", fit);

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
          fit();
          all(".scales button", pair[at])[at].focus();
        });
      });
    });
    // The one that comes first tells more.
    choose(linear.compareDocumentPosition(log) & Node.DOCUMENT_POSITION_PRECEDING ? log : linear);
  });

  // A narrow screen shows a row of a table as a list, where each value needs its column's name; the many rows of all
  // numbers stay rows, of fewer columns.
  all("table").filter((table) => !table.closest("#numbers")).forEach((table) => {
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
      box.replaceChildren();
      const about = make("p", ` at ${row.cells[0].textContent} requests`, box);
      const what = make("span", table.caption.textContent);
      what.lang = table.caption.lang || document.documentElement.lang;
      about.prepend(what);
      const list = make("table", "", box);
      const entries = [...table.tHead.rows[0].cells].map((head, column) => ({ head, cell: row.cells[column] }))
        .filter(({ head }, column) => column > 0 && !hidden.has(head.dataset.slot));
      const size = ({ cell }) => (cell.dataset.number === undefined ? -Infinity : Number(cell.dataset.number));
      // As the lines stand: the greatest on top.
      entries.sort((a, b) => size(b) - size(a)).forEach(({ head, cell }) => {
        const line = list.insertRow();
        const name = make("th", "", line);
        name.scope = "row";
        paint(make("i", "", name), head.dataset.slot);
        name.append(head.textContent);
        make("td", cell.textContent || "not measured", line);
        make("td", cell.dataset.ideal ? `ideal ${cell.dataset.ideal}` : "", line);
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

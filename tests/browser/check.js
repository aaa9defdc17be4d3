"use strict";
// report.html in a real browser: node check.js RUN [PAGE…]. Opens the run's page from disk in headless Chromium and checks what
// a reader would. Every number on the page is held against the run's summary.csv. Pages of comparisons and histories are
// checked for what holds of any page. Ends with 1 and names what failed.
const fs = require("fs");
const path = require("path");
const { fileURLToPath, pathToFileURL } = require("url");
const { chromium } = require("playwright-core");

const run = process.argv[2];
const address = (file) => pathToFileURL(path.resolve(file)).href;
const axe = fs.readFileSync(require.resolve("axe-core/axe.min.js"), "utf8");
const DESKTOP = { width: 1200, height: 900 };
const PHONE = { width: 375, height: 700 };
// Its width between margins of 1 cm, in CSS pixels.
const A4 = 718;
const flags = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
  "--disable-component-update", "--disable-sync"];

function demand(holds, told) {
  if (!holds) throw new Error(told);
}

function same(found, expected, told) {
  const [a, b] = [found, expected].map((value) => JSON.stringify(value));
  demand(a === b, `${told}: ${a} instead of ${b}`);
}

// Rows of summary.csv by column name. Names of the main job need no quotes.
function summary() {
  const [head, ...rows] = fs.readFileSync(path.join(run, "summary.csv"), "utf8").trim().split("\n");
  const names = head.split(",");
  return rows.map((row) => Object.fromEntries(row.split(",").map((field, at) => [names[at], field])));
}

// `105.5 ms` → 0.1055; `49.1×`, `490 per second`, `8.2 MiB` → their number.
function number(text) {
  const [, digits, unit] = text.trim().match(/^([−-]?[\d,.\u202f ]+?)\s*(ns|µs|ms|s|min|×|per second)?$/u) || [];
  demand(digits !== undefined, `"${text}" is no number`);
  const factor = { ns: 1e-9, "µs": 1e-6, ms: 1e-3, min: 60 }[unit] || 1;
  return Number(digits.replace("−", "-").replace(/[\s,\u202f]/gu, "")) * factor;
}

// The page shows three or four digits.
function near(text, field, told) {
  const [shown, exact] = [number(text), Number(field)];
  demand(Math.abs(shown - exact) <= Math.abs(exact) * 0.006, `${told}: the page says ${text}, summary.csv ${field}`);
}

const rows = summary();
const counts = [...new Set(rows.map((row) => row.requests))];
const strategies = [...new Set(rows.map((row) => row.strategy))];
const charts = { "duration-log": "median_s", speedup: "speedup", throughput: "throughput_rps" };

const picture = (page, id) => page.locator(`figure[data-figure="${id}"] .picture`);

// What the box of a chart says, by strategy.
async function told(page, id) {
  const box = picture(page, id).locator(".values");
  demand(await box.isVisible(), `${id} shows no values`);
  const lines = await box.locator("tr").evaluateAll((list) => list.map((line) => [...line.cells].map((cell) => cell.textContent)));
  const keys = await box.locator("tr i").evaluateAll((list) => list.map((key) => getComputedStyle(key).backgroundColor));
  const ideals = Object.fromEntries(lines.map(([name, , ideal]) => [name, ideal]));
  return { title: await box.locator("p").textContent(), values: Object.fromEntries(lines), keys, ideals };
}

function compare({ title, values, keys, ideals }, id, count, names = strategies) {
  demand(title.endsWith(` at ${count} requests`), `${id} speaks of "${title}", not of ${count}`);
  same(Object.keys(values).sort(), [...names].sort(), `strategies of ${id} at ${count}`);
  const shown = Object.values(values).map(number);
  demand(shown.every((value, at) => at === 0 || value <= shown[at - 1]), `${id} at ${count} is not by value: ${shown}`);
  same(new Set(keys).size, names.length, `colours of ${id} at ${count}`);
  for (const name of names) {
    const row = rows.find((row) => row.strategy === name && row.requests === count);
    near(values[name], row[charts[id]], `${id} of ${name} at ${count}`);
    if (id === "duration-log") near(ideals[name].replace("ideal ", ""), row.ideal_s, `ideal of ${name} at ${count}`);
  }
}

// Where the pointer has to be for a count.
async function place(page, id, count) {
  await picture(page, id).scrollIntoViewIfNeeded();
  return picture(page, id).evaluate((element, count) => {
    const svg = [...element.querySelectorAll("svg")].find((svg) => svg.getClientRects().length);
    const axes = svg.querySelector("g.axes");
    const [left, top, right, bottom] = axes.dataset.plot.split(" ").map(Number);
    const [low, high] = axes.dataset.x.split(" ").map(Number);
    const frame = svg.getBoundingClientRect();
    const scale = frame.width / svg.viewBox.baseVal.width;
    const x = left + (right - left) * (count - low) / (high - low);
    return [frame.left + x * scale, frame.top + (top + bottom) / 2 * scale];
  }, Number(count));
}

const visible = (page, selector) => page.locator(selector).evaluateAll((list) => list.map((element) => {
  const box = element.getBoundingClientRect();
  return box.width > 0 && box.height > 0;
}));

const checks = {
  async "the page opens from disk, asks for nothing and has its sections"(open) {
    const page = await open(DESKTOP);
    same(await visible(page, "h1, #findings, #charts, #numbers, #method"), [true, true, true, true, true], "sections");
    const policy = await page.locator('meta[http-equiv="Content-Security-Policy"]').getAttribute("content");
    demand(/^default-src 'none'; style-src 'sha256-\S+'; script-src 'sha256-\S+';/.test(policy), policy);
  },

  async "hovering tells every strategy's value of summary.csv"(open) {
    const page = await open(DESKTOP);
    for (const id of Object.keys(charts)) {
      for (const count of counts) {
        await page.mouse.move(...await place(page, id, count));
        compare(await told(page, id), id, count);
      }
    }
    await page.mouse.move(2, 2);
    demand(!(await picture(page, "throughput").locator(".values").isVisible()), "the values stay when the pointer leaves");
  },

  async "the keyboard tells them too"(open) {
    const page = await open(DESKTOP);
    await picture(page, "duration-log").focus();
    await page.keyboard.press("ArrowLeft");
    for (const [at, count] of counts.entries()) {
      if (at > 0) await page.keyboard.press("ArrowRight");
      compare(await told(page, "duration-log"), "duration-log", count);
    }
    await page.keyboard.press("Escape");
    demand(!(await picture(page, "duration-log").locator(".values").isVisible()), "Escape does not clear");
  },

  async "hiding the slowest gives its room to the others, and showing it takes it back"(open) {
    for (const chart of ["duration-log", "duration"]) {
      const page = await open(DESKTOP);
      const slowest = rows.reduce((a, b) => (Number(a.median_s) > Number(b.median_s) ? a : b)).strategy;
      const slot = strategies.indexOf(slowest);
      if (chart === "duration") await page.locator('figure[data-figure="duration-log"]').getByRole("button", { name: "Linear" }).click();
      const state = () => picture(page, chart).locator(".wide svg").evaluate((svg) => {
        const [, top, , bottom] = svg.querySelector("g.axes").dataset.plot.split(" ").map(Number);
        const shown = (element) => element.getClientRects().length > 0;
        const lines = [...svg.querySelectorAll("g.measured > polyline")].filter(shown);
        const ys = lines.flatMap((line) => line.getAttribute("points").trim().split(/\s+/).map((pair) => Number(pair.split(",")[1])));
        const ticks = [...svg.querySelectorAll("g.ticks-y text")].filter(shown).map((text) => text.textContent);
        return { reach: (Math.max(...ys) - Math.min(...ys)) / (bottom - top), top: (Math.min(...ys) - top) / (bottom - top), ticks };
      });
      const button = page.locator(`#strategies button[data-slot="${slot}"]`);
      const before = await state();
      await button.click();
      const hid = await state();
      demand(hid.top >= 0 && hid.top < 0.15, `${chart}: the highest line stands at ${hid.top} of the plot`);
      demand(hid.ticks.length >= 3, `${chart}: ticks ${hid.ticks}`);
      demand(JSON.stringify(hid.ticks) !== JSON.stringify(before.ticks), `${chart}: the ticks are the same`);
      await button.click();
      same(await state(), before, `${chart}, shown again`);
    }
  },

  async "a click in the legend hides a line with its band, another brings it back"(open) {
    const page = await open(DESKTOP);
    const name = strategies[1];
    const label = page.locator('figure[data-figure="duration-log"] .wide svg .key text[data-slot="1"]');
    same(await label.textContent(), name, "legend");
    const parts = (kind) => visible(page, `figure:not(.unchosen) .wide g.${kind}[data-slot="1"]`);
    const others = () => visible(page, 'figure[data-figure="duration-log"] .wide g.measured[data-slot="0"]');
    demand((await parts("measured")).length > 3 && (await parts("measured")).every(Boolean), "lines are there at first");
    demand((await parts("band")).length > 0, "bands are there at first");
    await label.click();
    demand(!(await parts("measured")).some(Boolean), "a line is still there");
    demand(!(await parts("band")).some(Boolean), "a band is still there");
    demand((await others()).every(Boolean), "other lines are gone too");
    await page.mouse.move(...await place(page, "duration-log", counts[0]));
    compare(await told(page, "duration-log"), "duration-log", counts[0], strategies.filter((other) => other !== name));
    const button = page.locator('#strategies button[data-slot="1"]');
    same(await button.getAttribute("aria-pressed"), "false", "the button");
    await button.focus();
    await page.keyboard.press("Enter");
    demand((await parts("measured")).every(Boolean), "the line does not come back");
  },

  async "hiding a strategy hides its row of the timeline"(open) {
    const page = await open(DESKTOP);
    const bars = (slot) => visible(page, `figure[data-figure="timeline"] .wide .bars[data-slot="${slot}"]`);
    demand((await bars(1)).length > 0 && (await bars(1)).every(Boolean), "the bars are there at first");
    const button = page.locator('#strategies button[data-slot="1"]');
    await button.click();
    demand(!(await bars(1)).some(Boolean), "the bars are still there");
    same(await page.locator('figure[data-figure="timeline"] .wide .panel-titles .dim').count(), 1, "titles struck out");
    demand((await bars(0)).every(Boolean), "other bars are gone too");
    await button.click();
    demand((await bars(1)).every(Boolean), "the bars do not come back");
  },

  async "an ideal goes with the last strategy that shares it"(open) {
    const page = await open(DESKTOP);
    const ideal = () => visible(page, 'figure:not(.unchosen) .wide g.ideal[data-slot="1 2"]');
    demand((await ideal()).length > 0 && (await ideal()).every(Boolean), "the pools' ideal is there at first");
    await page.locator('#strategies button[data-slot="1"]').click();
    demand((await ideal()).every(Boolean), "it is gone with the first of two");
    await page.locator('#strategies button[data-slot="2"]').click();
    demand(!(await ideal()).some(Boolean), "it is still there without either");
  },

  async "a switch changes between linear and logarithmic"(open) {
    const page = await open(DESKTOP);
    const shown = async () => (await visible(page, 'figure[data-figure="duration"], figure[data-figure="duration-log"]'));
    // In the order of the page: the logarithmic one first, since the strategies are far apart.
    same(await shown(), [true, false], "at first");
    await page.locator('figure[data-figure="duration-log"]').getByRole("button", { name: "Linear" }).click();
    same(await shown(), [false, true], "then");
    await page.locator('figure[data-figure="duration"]').getByRole("button", { name: "Logarithmic" }).click();
    same(await shown(), [true, false], "and back");
  },

  async "the table is whole on a screen of 1280 pixels and scrolls on a smaller one"(open) {
    for (const [width, fits] of [[1280, true], [768, false]]) {
      const page = await open({ width, height: 900 });
      const [all, seen] = await page.locator("#numbers .scroll").evaluate((element) => [element.scrollWidth, element.clientWidth]);
      same(all <= seen, fits, `${width} px: ${all} of ${seen}`);
    }
  },

  async "the table holds summary.csv and can be sorted"(open) {
    const page = await open(DESKTOP);
    const table = page.locator("#numbers table");
    const column = (at) => table.locator(`tbody tr > :nth-child(${at})`).allTextContents();
    const heads = (await table.locator("thead th").allTextContents()).map((head) => head.trim());
    for (const [head, field] of [["Median", "median_s"], ["Ideal", "ideal_s"], ["Overhead", "overhead_s"], ["Speed-up", "speedup"], ["Requests/s", "throughput_rps"]]) {
      const texts = await column(heads.indexOf(head) + 1);
      same(texts.length, rows.length, `rows of ${head}`);
      texts.forEach((text, at) => near(text, rows[at][field], `${head} in row ${at + 1}`));
    }
    const median = heads.indexOf("Median") + 1;
    const button = table.getByRole("button", { name: "Median" });
    for (const direction of [1, -1]) {
      await button.click();
      const values = (await column(median)).map(number);
      demand(values.every((value, at) => at === 0 || (value - values[at - 1]) * direction >= 0), `not sorted: ${values}`);
    }
    same(await table.locator('[aria-sort="descending"]').count(), 1, "columns that say how they are sorted");
  },

  async "decimal points of a column stand below each other"(open) {
    const page = await open(DESKTOP);
    const columns = await page.locator("#numbers tbody").evaluate((body) => [...body.rows[0].cells].map((_, column) => {
      const places = [...body.rows].flatMap((row) => {
        const text = row.cells[column].firstChild;
        const at = text ? text.textContent.lastIndexOf(".") : -1;
        if (at < 0) return [];
        const range = document.createRange();
        range.setStart(text, at);
        range.setEnd(text, at + 1);
        return [range.getBoundingClientRect().left];
      });
      return { points: places.length, apart: Math.max(...places) - Math.min(...places) };
    }).filter(({ points }) => points > 1));
    demand(columns.length >= 5, `only ${columns.length} columns with decimals`);
    same(columns.filter(({ apart }) => apart > 1), [], "columns with points apart");
  },

  async "the theme is the system's until the reader chooses"(open) {
    const colours = (page) => page.evaluate(() => {
      const ground = document.querySelector("figure .wide rect.background");
      return [getComputedStyle(document.body).backgroundColor, getComputedStyle(ground).fill];
    });
    const light = ["rgb(255, 255, 255)", "rgb(255, 255, 255)"];
    const dark = ["rgb(13, 17, 23)", "rgb(13, 17, 23)"];
    const day = await open(DESKTOP);
    same(await colours(day), light, "a light system");
    await day.locator("#theme").click();
    await day.locator("#theme").click();
    same(await colours(day), dark, "dark, chosen on a light system");
    const night = await open(DESKTOP, { colorScheme: "dark" });
    same(await colours(night), dark, "a dark system");
    const button = night.locator("#theme");
    await button.click();
    same(await colours(night), light, "light, chosen on a dark system");
    await button.click();
    same(await colours(night), dark, "dark, chosen");
    await button.click();
    same([await colours(night), await button.textContent()], [dark, "Theme: system"], "back to the system's");
  },

  async "375 pixels need no sideways scrolling"(open) {
    for (const scripts of [true, false]) {
      const page = await open(PHONE, { javaScriptEnabled: scripts });
      await page.locator("details").evaluateAll((list, open) => list.forEach((details) => { details.open = open; }), scripts);
      const wide = await page.evaluate((regions) => {
        const told = (element) => `${element.tagName}.${element.className?.baseVal ?? element.className}`;
        const scrolls = (element) => ["auto", "scroll"].includes(getComputedStyle(element).overflowX);
        const all = [document.documentElement, ...(regions ? document.querySelectorAll("body *") : [])];
        return all.filter((element) => element.scrollWidth > element.clientWidth + 1 && (element === all[0] || scrolls(element))).map(told);
      }, scripts);
      same(wide, [], `too wide, scripts ${scripts}`);
    }
  },

  async "no text of a chart leaves its picture"(open) {
    for (const width of [1280, 768, 375]) {
      const page = await open({ width, height: 900 });
      // Print shows also what a screen hides.
      if (width === 1280) await page.emulateMedia({ media: "print" });
      const outside = await page.locator("figure svg text").evaluateAll((list) => list.filter((text) => {
        const [box, picture] = [text, text.ownerSVGElement].map((element) => element.getBoundingClientRect());
        return box.width > 0 && (box.right > picture.right + 0.5 || box.left < picture.left - 0.5);
      }).map((text) => text.textContent));
      same(outside, [], `${width} px`);
    }
  },

  async "without scripts every chart is visible"(open) {
    for (const size of [DESKTOP, PHONE]) {
      const page = await open(size, { javaScriptEnabled: false });
      const charts = await page.locator("figure").evaluateAll((list) => list.map((figure) => {
        const boxes = [...figure.querySelectorAll("svg")].map((svg) => svg.getBoundingClientRect());
        return boxes.filter((box) => box.width > 300 && box.height > 200).length;
      }));
      demand(charts.length >= 7, `only ${charts.length} charts`);
      same(charts, charts.map(() => 1), "pictures of each chart");
    }
  },

  async "print shows every chart and nothing to press"(open) {
    const page = await open(DESKTOP);
    await page.emulateMedia({ media: "print", colorScheme: "dark" });
    demand((await visible(page, "figure .wide svg")).every(Boolean), "a chart is missing");
    same(await page.locator("button:visible").evaluateAll((list) => list.filter((button) => !button.closest("th")).length), 0, "buttons");
    same(await page.evaluate(() => getComputedStyle(document.querySelector("figure .wide rect.background")).fill), "rgb(255, 255, 255)", "ground");
    demand((await page.pdf({ format: "A4" })).length > 20000, "an empty document");
  },

  async "print fits on A4 in letters of at least 8 points"(open) {
    const page = await open({ width: A4, height: 1000 });
    await page.emulateMedia({ media: "print" });
    // A page that is wider is printed smaller.
    same(await page.evaluate(() => document.documentElement.scrollWidth), A4, "width");
    const small = await page.locator("body *").evaluateAll((list) => list
      .filter((element) => !element.closest("svg") && element.getClientRects().length && element.textContent.trim())
      .filter((element) => parseFloat(getComputedStyle(element).fontSize) < 8 * 96 / 72 - 0.01).map((element) => element.outerHTML));
    same(small.slice(0, 3), [], "smaller letters");
  },

  async "an accessibility checker finds nothing"(open) {
    for (const [size, colorScheme, hides] of [[DESKTOP, "light"], [DESKTOP, "dark"], [PHONE, "light"], [DESKTOP, "light", true], [DESKTOP, "dark", true]]) {
      const page = await open(size, { colorScheme });
      // Also with a strategy hidden, where the page has any.
      if (hides && await page.locator("#strategies button").count()) await page.locator("#strategies button").first().click();
      await page.evaluate(axe);
      const { violations, passes } = await page.evaluate("axe.run()");
      demand(passes.length > 20, "the checker did not look");
      same(violations.map(({ id, nodes }) => `${id}: ${nodes.slice(0, 3).map((node) => node.html).join(" ")}`), [], `${size.width} px, ${colorScheme}${hides ? ", one hidden" : ""}`);
    }
  },
};

// A page of 100 000 points, which lies in a folder `points-…`: it weighs at most 2 MB and is loaded within a second.
const ofLargePage = {
  async "100 000 points weigh at most 2 MB and load within a second"(open, url) {
    const bytes = fs.statSync(fileURLToPath(url)).size;
    demand(bytes <= 2e6, `${bytes} bytes`);
    const times = [];
    for (let at = 0; at < 5; at += 1) {
      const page = await open(DESKTOP);
      times.push(await page.evaluate(() => performance.getEntriesByType("navigation")[0].loadEventStart));
    }
    const median = times.sort((a, b) => a - b)[2];
    demand(median > 0 && median <= 1000, `${times.map(Math.round)} ms`);
  },
};

const ofAnyPage = ["no text of a chart leaves its picture", "375 pixels need no sideways scrolling",
  "print fits on A4 in letters of at least 8 points", "an accessibility checker finds nothing"];
const jobs = Object.keys(checks).map((name) => [name, address(path.join(run, "report.html"))])
  .concat(process.argv.slice(3).flatMap((file) => {
    const large = path.basename(path.dirname(file)).startsWith("points-") ? Object.keys(ofLargePage) : [];
    return ofAnyPage.concat(large).map((name) => [name, address(file)]);
  }));
Object.assign(checks, ofLargePage);

(async () => {
  const browser = await chromium.launch({ executablePath: process.env.CHROMIUM || "/usr/bin/chromium", args: flags });
  let failed = 0;
  for (const [name, url] of jobs) {
    const contexts = [];
    const strange = [];
    const open = async (viewport, options = {}) => {
      const context = await browser.newContext({ viewport, colorScheme: "light", ...options });
      contexts.push(context);
      const page = await context.newPage();
      page.on("request", (request) => { if (request.url() !== url) strange.push(`asks for ${request.url()}`); });
      page.on("console", (message) => strange.push(`console: ${message.text()}`));
      page.on("pageerror", (error) => strange.push(`error: ${error.message}`));
      await page.goto(url);
      return page;
    };
    try {
      await checks[name](open, url);
      // Of every page of every check.
      same(strange, [], "requests, console messages and errors");
      console.log(`ok    ${path.basename(url)}: ${name}`);
    } catch (error) {
      failed += 1;
      console.log(`FAIL  ${path.basename(url)}: ${name}\n      ${error.message}`);
    }
    await Promise.all(contexts.map((context) => context.close()));
  }
  await browser.close();
  process.exit(failed === 0 ? 0 : 1);
})();

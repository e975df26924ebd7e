// Sorts, filters and saves what is in the page; without it the page says the same.
(() => {
  "use strict";
  const DASH = "–";
  const LONG = 20;
  const collator = new Intl.Collator("en", { numeric: true });
  const mark = document.body.dataset.mark || "";

  function element(tag, fields, ...children) {
    const made = Object.assign(document.createElement(tag), fields);
    made.append(...children);
    return made;
  }

  const button = (text, act) => {
    const made = element("button", { type: "button", className: "tool", textContent: text });
    made.addEventListener("click", act);
    return made;
  };

  function save(blob, name) {
    const link = element("a", { href: URL.createObjectURL(blob), download: name });
    document.body.append(link);
    link.click();
    link.remove();
    setTimeout(() => URL.revokeObjectURL(link.href), 60000);
  }

  const bytesOf = (text) => Uint8Array.from(atob(text), (char) => char.charCodeAt(0));
  const count = (n) => Number(n).toLocaleString("en");

  // tables

  function valueOf(row, column, numeric) {
    const text = row.cells[column].textContent.trim();
    if (text === DASH || text === "") return null;
    const number = numeric ? Number(text.replaceAll(",", "")) : NaN;
    return Number.isNaN(number) ? text : number;
  }

  function compare(a, b) {
    if (typeof a === "number" && typeof b === "number") return a - b;
    return collator.compare(String(a), String(b));
  }

  function sorted(rows, column, numeric, sign) {
    const keyed = rows.map((row) => [valueOf(row, column, numeric), row]);
    const known = keyed.filter(([value]) => value !== null);
    const unknown = keyed.filter(([value]) => value === null);
    known.sort(([a], [b]) => sign * compare(a, b));
    return [...known, ...unknown].map(([, row]) => row);
  }

  function sortable(table) {
    const body = table.tBodies[0];
    const heads = [...table.tHead.rows[0].cells];
    const given = [...body.rows];
    const next = { none: "ascending", ascending: "descending", descending: "none" };
    if (given.length < 2) return;
    heads.forEach((head, column) => {
      const control = element("button", { type: "button", className: "sort" }, ...head.childNodes);
      head.setAttribute("aria-sort", "none");
      head.append(control);
      control.addEventListener("click", () => {
        const order = next[head.getAttribute("aria-sort")];
        heads.forEach((other) => other.setAttribute("aria-sort", other === head ? order : "none"));
        const numeric = head.classList.contains("number");
        const rows = order === "none" ? given : sorted(given, column, numeric, order === "ascending" ? 1 : -1);
        body.append(...rows);
      });
    });
  }

  function filter(table) {
    const rows = [...table.tBodies[0].rows];
    const said = element("span", { className: "soft" });
    said.setAttribute("role", "status");
    const field = element("input", { type: "search", autocomplete: "off" });
    field.addEventListener("input", () => {
      const wanted = field.value.trim().toLowerCase();
      rows.forEach((row) => (row.hidden = wanted !== "" && !row.textContent.toLowerCase().includes(wanted)));
      const n = rows.filter((row) => !row.hidden).length;
      said.textContent = wanted ? `${count(n)} of ${count(rows.length)} rows` : "";
    });
    return [element("label", {}, "Filter ", field), said];
  }

  async function unpacked(text) {
    const stream = new Blob([bytesOf(text)]).stream().pipeThrough(new DecompressionStream("gzip"));
    return new Response(stream).blob();
  }

  function saving(grid, file) {
    const { name, rows, of } = grid.dataset;
    const part = rows === of ? "" : ` (first ${count(rows)} of ${count(of)} rows; all in tables/${name}.csv)`;
    return button(`Save CSV${part}`, async () => {
      const text = await unpacked(file.textContent);
      save(new Blob([text], { type: "text/csv;charset=utf-8" }), `${name}.csv`);
    });
  }

  for (const grid of document.querySelectorAll(".grid")) {
    const table = grid.querySelector("table");
    const file = grid.querySelector("script.file");
    const tools = element("p", { className: "tools small" });
    if (file && "DecompressionStream" in window) tools.append(saving(grid, file));
    if (table.tBodies[0].rows.length > LONG) tools.append(...filter(table));
    if (tools.childNodes.length) grid.prepend(tools);
    sortable(table);
  }

  // figures: those of simulated data keep the mark

  const inside = (uri) => bytesOf(uri.slice(uri.indexOf(",") + 1));

  function marked(svg) {
    const text = new TextDecoder().decode(svg);
    if (!mark) return text;
    const safe = mark.replace(/[&<>]/g, (char) => `&#${char.charCodeAt(0)};`);
    return text.replace(/<\/svg>\s*$/, `<desc>${safe}</desc></svg>\n`);
  }

  function pixels(image) {
    const scale = Math.max(1, Math.min(2, 8000 / Math.max(image.naturalWidth, image.naturalHeight)));
    const strip = mark ? 16 : 0;
    const canvas = element("canvas", {
      width: Math.round(image.naturalWidth * scale),
      height: Math.round((image.naturalHeight + strip) * scale),
    });
    const pen = canvas.getContext("2d");
    pen.scale(scale, scale);
    pen.fillStyle = "#ffffff";
    pen.fillRect(0, 0, canvas.width, canvas.height);
    pen.drawImage(image, 0, 0, image.naturalWidth, image.naturalHeight);
    pen.fillStyle = "#1a1a1a";
    pen.font = "10px sans-serif";
    if (mark) pen.fillText(mark, 4, image.naturalHeight + 11, image.naturalWidth - 8);
    return new Promise((done) => canvas.toBlob(done, "image/png"));
  }

  for (const figure of document.querySelectorAll("figure.picture")) {
    const image = figure.querySelector("img");
    const name = figure.dataset.name.replace(/[^\w.=-]+/g, "_");
    const tools = element("p", { className: "tools small" });
    tools.append(button("Save PNG", async () => save(await pixels(image), `${name}.png`)));
    if (image.src.startsWith("data:image/svg+xml")) {
      const vector = () => save(new Blob([marked(inside(image.src))], { type: "image/svg+xml" }), `${name}.svg`);
      tools.append(button("Save SVG", vector));
    }
    figure.append(tools);
  }

  // what scrolls can be reached by keyboard, what does not is no stop on the way

  function reachable() {
    for (const box of document.querySelectorAll(".scroll, .frame")) {
      if (box.scrollWidth > box.clientWidth + 1) box.tabIndex = 0;
      else box.removeAttribute("tabindex");
    }
  }

  addEventListener("resize", reachable);
  document.addEventListener("toggle", reachable, true);
  reachable();

  // paper shows what is folded

  let folded = [];
  addEventListener("beforeprint", () => {
    folded = [...document.querySelectorAll("details:not([open])")];
    folded.forEach((each) => (each.open = true));
  });
  addEventListener("afterprint", () => folded.forEach((each) => (each.open = false)));

  // a link into something folded unfolds it
  const unfold = () => {
    const target = document.querySelector(":target");
    for (let box = target && target.closest("details"); box; box = box.parentElement.closest("details")) box.open = true;
  };
  addEventListener("hashchange", unfold);
  unfold();
})();

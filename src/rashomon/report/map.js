// Panels of the same cells in the same places, each coloured by a label of its own; without it a still picture stays.
(() => {
  "use strict";
  const parts = ["panels", "still", "status", "data", "how"].map((name) => document.getElementById(`map-${name}`));
  const [root, still, status, block, how] = parts;
  const dark = matchMedia("(prefers-color-scheme: dark)");
  const shades = {
    light: { paper: "#ffffff", faint: "#e3e5e7", none: "#c9ccd0", ink: "#1a1d21" },
    dark: { paper: "#15181b", faint: "#2b3035", none: "#555c63", ink: "#f2f4f5" },
  };
  const panels = [];
  let cells, layers, items, printing = false, pinned = null, pointed = null, waiting = 0;

  // data
  async function unpack(text) {
    const packed = Uint8Array.from(atob(text), (char) => char.charCodeAt(0));
    const stream = new Blob([packed]).stream().pipeThrough(new DecompressionStream("gzip"));
    const bytes = new Uint8Array(await new Response(stream).arrayBuffer());
    let at = 4 + new DataView(bytes.buffer).getUint32(0, true);
    const head = JSON.parse(new TextDecoder().decode(bytes.subarray(4, at)));
    const take = () => bytes.subarray(at, (at += head.n));
    const pair = () => {
      const high = take(), low = take();
      return Uint16Array.from(high, (value, i) => value * 256 + low[i]);
    };
    cells = { n: head.n, x: pair(), y: pair(), names: head.cells, steps: head.steps };
    layers = head.layers.map((layer) => withCodes(layer, layer.wide ? pair() : take()));
  }

  // `tone` picks the colour of a cell, `code` its line in the legend; the last of both is for cells that have none
  function withCodes(layer, stored) {
    const none = layer.names.length, empty = layer.wide ? 65535 : 255;
    const bin = (value) => (layer.number ? Math.min(none - 1, Math.floor((value * none) / cells.steps)) : value);
    const code = Uint16Array.from(stored, (value) => (value === empty ? none : bin(value)));
    return { ...layer, none, code, tone: layer.number ? stored : code };
  }

  const nameOf = (layer, code) => (code === layer.none ? layer.unnamed : layer.names[code]);
  const countOf = (layer, code) => (code === layer.none ? layer.missing : layer.counts[code]);

  const share = (layer, i) => layer.tone[i] / cells.steps;
  const inWords = (layer, i) => !layer.number || layer.code[i] === layer.none;
  const valueOf = (layer, i) => (inWords(layer, i) ? nameOf(layer, layer.code[i]) : share(layer, i).toFixed(2));

  // colours
  const scheme = () => (dark.matches && !printing ? "dark" : "light");
  const shade = () => shades[scheme()];
  // as the bytes of an image lie in memory: red first, opaque
  const pack = (hex) => [5, 3, 1].reduce((value, at) => value * 256 + parseInt(hex.slice(at, at + 2), 16), 255);

  function colourOf(layer, code) {
    if (code === layer.none) return shade().none;
    return layer[scheme()][layer.number ? Math.round(((code + 0.5) * cells.steps) / layer.none) : code];
  }

  function tableOf(layer) {
    const known = layer[scheme()].map(pack), none = pack(shade().none);
    return Uint32Array.from({ length: layer.number ? 256 : layer.none + 1 }, (_, tone) => known[tone] ?? none);
  }

  // drawing
  const across = (x) => 0.04 + (0.92 * x) / 65535;
  const down = (y) => 0.96 - (0.92 * y) / 65535;
  const place = (i, side) => [across(cells.x[i]) * side, down(cells.y[i]) * side];
  const current = () => pointed || pinned;

  // the pixels of a dot around its middle, and how much of each it covers
  function stampOf(radius, side) {
    const reach = Math.ceil(radius), span = Array.from({ length: 2 * reach + 1 }, (_, k) => k - reach);
    const near = span.flatMap((dy) => span.map((dx) => [dy * side + dx, radius + 0.5 - Math.hypot(dx, dy)]));
    return near.filter(([, part]) => part > 0.02).sort((a, b) => b[1] - a[1]);
  }

  function blend(under, over, share) {
    const part = (colour, shift) => (colour >>> shift) & 255;
    const mix = (shift) => (part(under, shift) * (1 - share) + part(over, shift) * share) << shift;
    return ((255 << 24) | (mix(16) & 0xff0000) | (mix(8) & 0xff00) | (mix(0) & 255)) >>> 0;
  }

  // a step without common divisor visits every cell once, spread over the map: no class lies on top everywhere
  function stride(n) {
    const divisor = (a, b) => (b ? divisor(b, a % b) : a);
    let step = Math.max(1, Math.floor(n * 0.618));
    while (divisor(n, step) !== 1) step += 1;
    return step;
  }

  function dots(panel, side) {
    const { layer } = panel, chosen = current(), faint = pack(shade().faint), table = tableOf(layer);
    const image = new ImageData(side, side), pixels = new Uint32Array(image.data.buffer);
    const stamp = stampOf((Math.min(3.6, Math.max(0.7, 150 / Math.sqrt(cells.n))) * side) / 380, side);
    const offsets = stamp.map(([offset]) => offset), parts = stamp.map(([, part]) => part), step = stride(cells.n);
    // what lies above: what is marked, or the classes with a colour
    const { code } = (chosen || panel).layer, [low, high] = chosen ? [chosen.code, chosen.code + 1] : [0, layer.first];
    pixels.fill(pack(shade().paper));
    for (const upper of [false, true]) {
      for (let k = 0, i = 0; k < cells.n; k++, i = (i + step) % cells.n) {
        if ((code[i] >= low && code[i] < high) !== upper) continue;
        const colour = chosen && !upper ? faint : table[layer.tone[i]];
        const middle = Math.round(down(cells.y[i]) * side) * side + Math.round(across(cells.x[i]) * side);
        for (let s = 0; s < offsets.length; s++) {
          const at = middle + offsets[s];
          pixels[at] = parts[s] >= 1 ? colour : blend(pixels[at], colour, parts[s]);
        }
      }
    }
    const sheet = Object.assign(document.createElement("canvas"), { width: side, height: side });
    sheet.getContext("2d").putImageData(image, 0, 0); // a printer forgets pixels that are put on the canvas it prints
    return sheet;
  }

  function paint(panel) {
    const { canvas } = panel, side = Math.round((canvas.clientWidth || (printing && 380)) * (devicePixelRatio || 1));
    if (!side) return;
    if (canvas.width !== side) canvas.width = canvas.height = side;
    const context = canvas.getContext("2d", { alpha: false });
    context.drawImage(dots(panel, side), 0, 0);
    write(panel, context, side);
  }

  // names on the map, those of the largest classes first, where there is room: nobody has to match colours alone
  function write(panel, context, side) {
    const { layer } = panel, ink = shade(), size = Math.round((side * 12) / 380), taken = [];
    context.font = `600 ${size}px system-ui, sans-serif`;
    Object.assign(context, { textAlign: "center", textBaseline: "middle", lineJoin: "round", lineWidth: size / 3.5 });
    Object.assign(context, { strokeStyle: ink.paper, fillStyle: ink.ink });
    for (const [i, name] of current() ? [] : layer.labels) {
      const text = name.length > 18 ? `${name.slice(0, 17)}…` : name, [px, y] = place(i, side);
      const half = context.measureText(text).width / 2 + 2, x = Math.min(side - half, Math.max(half, px));
      if (taken.some(([tx, ty, other]) => Math.abs(tx - x) < half + other && Math.abs(ty - y) < size * 1.1)) continue;
      taken.push([x, y, half]);
      context.strokeText(text, x, y);
      context.fillText(text, x, y);
    }
  }

  function paintAll() {
    waiting = 0;
    const begun = performance.now();
    panels.forEach(paint);
    performance.measure("rashomon-map", { start: begun, end: performance.now() });
    root.dataset.drawn = String(Number(root.dataset.drawn || 0) + 1);
  }

  const repaint = () => (waiting ||= requestAnimationFrame(paintAll));

  // what is pointed at
  const isolated = (name) => `\u2068${name}\u2069`;
  const percent = (part, whole) => (part * 200 < whole ? "< 1 %" : `${Math.round((100 * part) / whole)} %`);

  function spread(layer, members) {
    const counts = new Map(), known = members.filter((i) => !inWords(layer, i));
    const mean = known.reduce((sum, i) => sum + share(layer, i), 0) / known.length;
    if (known.length) return `${isolated(layer.title)}: mean ${mean.toFixed(2)}`;
    for (const i of members) counts.set(layer.code[i], (counts.get(layer.code[i]) || 0) + 1);
    const order = [...counts].sort((a, b) => b[1] - a[1]);
    const part = ([code, n]) => `${isolated(nameOf(layer, code))} (${percent(n, members.length)})`;
    const said = order.slice(0, 3).map(part);
    if (order.length > 3) said.push(`${order.length - 3} more`);
    return `${isolated(layer.title)}: ${said.join(", ")}`;
  }

  function tell() {
    const chosen = current();
    for (const panel of panels) {
      for (const line of panel.list.children) {
        const code = Number(line.dataset.code);
        line.classList.toggle("map-on", Boolean(chosen) && chosen.layer === panel.layer && chosen.code === code);
        line.setAttribute("aria-selected", String(same(pinned, panel, code)));
      }
    }
    status.textContent = status.dataset.idle;
    if (!chosen) return;
    const { layer, code } = chosen, members = [], n = countOf(layer, code).toLocaleString("en");
    for (let i = 0; i < cells.n; i++) if (layer.code[i] === code) members.push(i);
    const others = panels.filter((panel) => panel.layer !== layer && panel.canvas.clientWidth);
    const said = members.length ? others.map((panel) => spread(panel.layer, members)) : ["none of them is drawn"];
    const name = `${isolated(layer.title)}, ${isolated(nameOf(layer, code))}`;
    status.textContent = `${[`${name}: ${n} ${items}`, ...new Set(said)].join(". ")}.`;
  }

  const same = (a, panel, code) => Boolean(a) && a.panel === panel && a.code === code;
  const mark = (panel, code) => (code === null ? null : { panel, layer: panel.layer, code });

  function point(panel, code) {
    if (code === null ? !pointed : same(pointed, panel, code)) return;
    pointed = mark(panel, code);
    tell();
    repaint();
  }

  function pin(panel, code) {
    pinned = same(pinned, panel, code) ? null : mark(panel, code);
    if (!pinned) pointed = null;
    tell();
    repaint();
  }

  // parts of the page
  function element(tag, name, parent, text) {
    const made = document.createElement(tag);
    if (name) made.className = name;
    if (text !== undefined) made.textContent = text;
    parent.append(made);
    return made;
  }

  function swatch(parent, colour) {
    const [svg, dot] = ["svg", "circle"].map((tag) => document.createElementNS("http://www.w3.org/2000/svg", tag));
    const set = (node, values) => Object.entries(values).forEach((entry) => node.setAttribute(...entry));
    set(svg, { width: 12, height: 12, "aria-hidden": "true" });
    set(dot, { cx: 6, cy: 6, r: 5, fill: colour });
    parent.appendChild(svg).append(dot);
  }

  function legend(panel) {
    const { layer, list } = panel;
    list.replaceChildren();
    list.removeAttribute("aria-activedescendant");
    list.setAttribute("aria-label", `${layer.title}: the ${items} of one name in every panel`);
    for (let code = 0; code <= layer.none; code++) {
      if (!countOf(layer, code)) continue;
      const line = Object.assign(element("li", "", list), { id: `map-${panel.number}-${code}`, role: "option" });
      line.dataset.code = code;
      swatch(line, colourOf(layer, code));
      element("bdi", "", line, nameOf(layer, code));
      element("span", "map-count", line, countOf(layer, code).toLocaleString("en"));
    }
    const what = `${cells.n.toLocaleString("en")} ${items} by ${layer.title}, ${list.children.length} names`;
    panel.canvas.setAttribute("aria-label", `Map of ${what}`);
    tell();
  }

  function onKey(panel, event) {
    const { list } = panel, lines = [...list.children], codeAt = (k) => Number(lines[k].dataset.code);
    const at = lines.findIndex((line) => line.id === list.getAttribute("aria-activedescendant"));
    const last = lines.length - 1, next = Math.min(last, at + 1), before = Math.max(0, at - 1);
    const moves = { ArrowDown: next, ArrowRight: next, ArrowUp: before, ArrowLeft: before, Home: 0, End: last };
    if (event.key in moves) {
      const to = moves[event.key];
      list.setAttribute("aria-activedescendant", lines[to].id);
      lines[to].scrollIntoView({ block: "nearest" });
      point(panel, codeAt(to));
    } else if (event.key === "Enter" || event.key === " ") pin(panel, at < 0 ? null : codeAt(at));
    else if (event.key === "Escape") pin(panel, null);
    else return;
    event.preventDefault();
  }

  function onPointer(panel, event) {
    const box = panel.canvas.getBoundingClientRect();
    const x = (event.clientX - box.left) / box.width, y = (event.clientY - box.top) / box.width;
    let nearest = -1, best = (9 / box.width) ** 2;
    for (let i = 0; i < cells.n; i++) {
      const d = (across(cells.x[i]) - x) ** 2 + (down(cells.y[i]) - y) ** 2;
      if (d < best) [nearest, best] = [i, d];
    }
    hover(panel, nearest);
    return nearest;
  }

  function hover(panel, i) {
    for (const each of panels) {
      each.ring.hidden = i < 0;
      each.tip.hidden = i < 0 || each !== panel;
      if (i < 0) continue;
      const [x, y] = place(i, each.canvas.clientWidth);
      Object.assign(each.ring.style, { left: `${x}px`, top: `${y}px` });
    }
    if (i < 0) return;
    const { tip } = panel, rows = layers.map((layer) => [layer.title, valueOf(layer, i)]);
    tip.replaceChildren();
    for (const [title, value] of cells.names ? [["name", cells.names[i]], ...rows] : rows) {
      element("bdi", "map-what", tip, title);
      element("bdi", "", tip, value);
    }
    // beside the cell, on the side that has room; never under the pointer
    const side = panel.canvas.clientWidth, [x, y] = place(i, side), room = side - tip.offsetWidth;
    const left = x > side / 2 ? Math.max(0, x - 14 - tip.offsetWidth) : Math.min(x + 14, room);
    Object.assign(tip.style, { left: `${left}px`, top: `${y + 14}px` });
  }

  function build(number, chosen) {
    const box = element("div", "map-panel", root), panel = { number, layer: layers[chosen] };
    const label = element("label", "", box, `Panel ${number}, coloured by `), select = element("select", "", label);
    layers.forEach((layer, k) => {
      const last = select.lastElementChild;
      const group = last && last.label === layer.group ? last : element("optgroup", "", select);
      group.label = layer.group;
      element("option", "", group, layer.title).value = k;
    });
    select.value = chosen;
    const frame = element("div", "map-frame", box);
    panel.canvas = Object.assign(element("canvas", "", frame), { role: "img" });
    panel.ring = element("div", "map-ring", frame);
    panel.tip = element("div", "map-tip", frame);
    panel.ring.hidden = panel.tip.hidden = true;
    panel.list = Object.assign(element("ul", "map-legend", box), { role: "listbox", tabIndex: 0 });
    panels.push(panel);
    listen(panel, select);
    legend(panel);
  }

  function listen(panel, select) {
    const { canvas, list } = panel, codeOf = (event) => Number(event.target.dataset.code);
    // what stands in a line lets the pointer through, so that a target is a line or the list
    const onLine = (then) => (event) => event.target !== list && then(panel, codeOf(event));
    select.addEventListener("change", () => {
      panel.layer = layers[Number(select.value)];
      pinned = pointed = null;
      legend(panel);
      repaint();
    });
    canvas.addEventListener("pointermove", (event) => onPointer(panel, event));
    canvas.addEventListener("pointerleave", () => hover(panel, -1));
    canvas.addEventListener("click", (event) => {
      const i = onPointer(panel, event);
      pin(panel, i < 0 ? null : panel.layer.code[i]);
    });
    list.addEventListener("pointerover", onLine(point));
    list.addEventListener("pointerleave", () => point(panel, null));
    list.addEventListener("click", onLine(pin));
    list.addEventListener("keydown", (event) => onKey(panel, event));
    list.addEventListener("blur", () => point(panel, null));
    new ResizeObserver(repaint).observe(canvas);
  }

  async function start() {
    try {
      await unpack(block.textContent.trim());
    } catch (error) {
      status.textContent = `The map cannot be drawn here (${error.message}); the still picture shows the same.`;
      return;
    }
    items = root.dataset.items;
    root.dataset.panels.split(" ").forEach((chosen, k) => build(k + 1, Number(chosen)));
    [root.hidden, how.hidden, still.hidden] = [false, false, true];
    const recolour = (now) => {
      printing = now;
      panels.forEach(legend);
      paintAll();
    };
    dark.addEventListener("change", () => recolour(false));
    for (const when of ["before", "after"]) addEventListener(`${when}print`, () => recolour(when === "before"));
    document.addEventListener("keydown", (event) => event.key === "Escape" && hover(panels[0], -1));
  }

  if (root) start();
})();

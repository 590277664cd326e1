// The garden in a browser: theme, search, previews, panes side by side, the map. Nothing here is needed
// to read; nothing is sent anywhere; what notes say is put on the page as text, never as markup.
// `words` (the garden's own words in its language) stands before this text when a site is built.
"use strict";
(() => {
  const here = document.currentScript, root = here.dataset.root, html = document.documentElement;
  const base = new URL(root || "./", location.href);
  const store = {
    get: key => { try { return localStorage.getItem("garden-" + key); } catch { return null; } },
    set: (key, value) => { try { localStorage.setItem("garden-" + key, value); } catch { /* a reader may forbid it */ } },
  };
  const el = (name, attributes = {}, ...children) => {
    const made = document.createElement(name);
    for (const [key, value] of Object.entries(attributes)) key === "class" ? made.className = value : made.setAttribute(key, value);
    made.append(...children);
    return made;
  };

  // Light or dark: set before anything is drawn.
  const theme = store.get("theme");
  if (theme) html.dataset.theme = theme;

  // Data comes as scripts, because a page opened from a folder may load nothing else.
  const waiting = new Map(), loaded = new Map();
  window.pkm = (name, data) => { loaded.set(name, data); waiting.get(name)?.(data); };
  const load = name => loaded.has(name) ? Promise.resolve(loaded.get(name)) : new Promise(done => {
    const before = waiting.get(name);
    waiting.set(name, data => { before?.(data); done(data); });
    if (before) return;
    const script = el("script", { src: new URL("s/" + name + ".js", base).href });
    script.onload = () => script.remove();
    script.onerror = () => { script.remove(); loaded.set(name, null); waiting.get(name)(null); };
    document.head.append(script);
  });

  // --- What the index says. `fold`, `terms` and `unit` are those of search.py.
  const fold = text => { text = text.toLowerCase(); return /^[\x00-\x7f]*$/.test(text) ? text : text.normalize("NFKD").replace(/\p{M}/gu, "").normalize("NFC"); };
  const CJK = "\\u3040-\\u30ff\\u3400-\\u4dbf\\u4e00-\\u9fff\\uf900-\\ufaff\\uac00-\\ud7af\\u{20000}-\\u{3ffff}";
  const runs = new RegExp(`[${CJK}]+|(?:(?![${CJK}_])[\\p{L}\\p{N}])+`, "gu"), isCjk = new RegExp(`^[${CJK}]`, "u");
  const terms = text => {
    const found = [];
    for (const run of fold(text).match(runs) || []) {
      const chars = [...run];
      if (!isCjk.test(run)) found.push(chars.slice(0, 24).join(""));
      else if (chars.length === 1) found.push(run);
      else for (let i = 0; i + 1 < chars.length; i++) found.push(chars[i] + chars[i + 1]);
    }
    return found;
  };
  const unit = char => /[a-z0-9]/.test(char) ? char : "_" + (char.codePointAt(0) & 255).toString(16).padStart(2, "0");
  const digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
  const about = async doc => {
    const table = await load("i");
    let number = 0;
    for (const char of doc) number = number * 64 + digits.indexOf(char);
    const file = await load(table.b ? "d" + (number >>> (6 * table.w - table.b)).toString(16) : "d0");
    const row = file?.[doc];
    return row && { doc, title: row[0], slug: row[1], excerpt: row[2], stage: row[3], updated: row[4], links: row[5] };
  };
  const crc = text => {
    let sum = -1;
    for (const byte of new TextEncoder().encode(text)) {
      sum ^= byte;
      for (let i = 0; i < 8; i++) sum = sum >>> 1 ^ (sum & 1 ? 0xedb88320 : 0);
    }
    return ~sum >>> 0;
  };
  const bySlug = async slug => {
    const { w } = await load("i");
    for (let again = 0; again < 20; again++) {
      const number = crc(again ? slug + "\0" + again : slug) >>> 32 - 6 * w;
      const found = await about(Array.from({ length: w }, (_, i) => digits[number >>> 6 * (w - 1 - i) & 63]).join(""));
      if (found?.slug === slug) return found;
    }
    return null;
  };
  const filesOf = (term, table, asPrefix) => {
    table.places ??= table.f.split(" ").filter(Boolean).map((place, i, all) => {
      const [group, start] = place.split(",");
      let number = 0;
      while (all[i - 1 - number]?.split(",")[0] === group) number++;
      return { group, start: start || "", name: "w" + group + (number ? "." + number : "") };
    });
    const chars = [...term], first = unit(chars[0]), group = first.length > 1 ? first : first + (chars.length > 1 ? unit(chars[1]) : "-");
    const { places } = table;
    let at = -1;
    while (at + 1 < places.length && (places[at + 1].group < group || places[at + 1].group === group && places[at + 1].start <= term)) at++;
    const names = at < 0 ? [] : [places[at].name];
    while (asPrefix && names.length < 4 && places[++at]?.group === group && places[at].start.startsWith(term)) names.push(places[at].name);
    return names;
  };
  const postings = (text, width) => {
    const found = new Map(), at = text.indexOf(".");
    const parts = text.slice(at).split(".").slice(1);
    for (const part of parts) for (let i = 1; i < part.length; i += width) found.set(part.slice(i, i + width), +part[0]);
    return { found, count: +text.slice(0, at) || found.size };
  };
  const search = async query => {
    const table = await load("i");
    if (!table) return [];
    const all = [...new Set(terms(query))].slice(0, 8), scores = new Map();
    const open = word => word === all.at(-1) && (isCjk.test(word) || word.length > 1);
    // A query costs at most four files of terms: first one for each word, the longer the sooner, then what a beginning may go on as.
    const names = new Map(all.map(word => [word, filesOf(word, table, open(word))])), four = new Set();
    const longest = [...all].sort((a, b) => b.length - a.length);
    for (const word of longest) if (four.size < 4 && names.get(word)[0]) four.add(names.get(word)[0]);
    for (const name of longest.flatMap(word => names.get(word))) if (four.size < 4) four.add(name);
    await Promise.all(all.map(async word => {
      const files = await Promise.all(names.get(word).filter(name => four.has(name)).map(load)), best = new Map();
      for (const file of files) for (const entry of (file || "").split(" ")) {
        const at = entry.search(/[.:]/), term = entry.slice(0, at), text = entry.slice(at + (entry[at] === ":")), whole = term === word;
        if (!whole && !(open(word) && term.startsWith(word))) continue;
        const { found, count } = postings(text, table.w), rare = Math.log(1 + table.n / count);
        for (const [doc, weight] of found) best.set(doc, Math.max(best.get(doc) || 0, weight * rare * (whole ? 1 : .7)));
      }
      for (const [doc, score] of best) { const old = scores.get(doc) || [0, 0]; scores.set(doc, [old[0] + 1, old[1] + score]); }
    }));
    const ranked = [...scores].sort((a, b) => b[1][0] - a[1][0] || b[1][1] - a[1][1] || (a[0] < b[0] ? -1 : 1));
    return (await Promise.all(ranked.slice(0, 8).map(([doc]) => about(doc)))).filter(Boolean);
  };
  const hrefOf = note => new URL(encodeURIComponent(note.slug) + ".html", base).href;
  const glyph = { s: "○", b: "◐", e: "●" };

  // --- Search: in a dialog on every page, open on its own page.
  const searchBox = () => {
    const input = el("input", { type: "search", "aria-label": words.search, placeholder: words.search_hint, autocomplete: "off", spellcheck: "false" });
    const list = el("ol", { class: "results" }), status = el("p", { class: "status", role: "status" });
    let turn = 0;
    input.addEventListener("input", async () => {
      const mine = ++turn, query = input.value.trim();
      await new Promise(done => setTimeout(done, 90)); // who types on wants no answer yet
      if (mine !== turn) return;
      const found = query ? await search(query) : [];
      if (mine !== turn) return;
      list.replaceChildren(...found.map(note => el("li", {}, el("a", { href: hrefOf(note) }, note.title), el("p", {}, note.excerpt))));
      status.textContent = query && !found.length ? `${words.search_none} “${query}”` : "";
    });
    const box = el("div", { class: "seek" }, input, status, list);
    box.addEventListener("keydown", event => {
      const move = { ArrowDown: 1, ArrowUp: -1 }[event.key];
      if (!move) return;
      const stops = [input, ...list.querySelectorAll("a")], at = stops.indexOf(document.activeElement);
      stops[Math.min(stops.length - 1, Math.max(0, at + move))].focus();
      event.preventDefault();
    });
    return { box, input };
  };
  const setUpSearch = () => {
    const link = document.querySelector("a.find"), main = document.querySelector("main.search");
    if (main) {
      const { box, input } = searchBox();
      main.append(box);
      input.value = new URLSearchParams(location.search).get("q") || "";
      input.focus();
      if (input.value) input.dispatchEvent(new Event("input"));
    }
    let dialog;
    const open = () => {
      if (main) return main.querySelector("input").focus();
      if (!dialog) {
        const { box, input } = searchBox();
        dialog = el("dialog", { class: "finder", "aria-label": words.search }, box);
        dialog.addEventListener("click", event => event.target === dialog && dialog.close());
        // A field of this kind keeps the first Escape for itself.
        input.addEventListener("keydown", event => event.key === "Escape" && dialog.close());
        dialog.input = input;
        document.body.append(dialog);
      }
      dialog.showModal();
      dialog.input.select();
    };
    link?.addEventListener("click", event => { if (!event.metaKey && !event.ctrlKey) { event.preventDefault(); open(); } });
    document.addEventListener("keydown", event => {
      const typing = event.target.closest?.("input,textarea,[contenteditable]");
      if (!typing && !event.altKey && (event.key === "/" || event.key === "k" && (event.metaKey || event.ctrlKey))) { event.preventDefault(); open(); }
    });
  };

  // --- Pages, fetched once. Only what the garden itself wrote is ever put in: its own <main>.
  const fetched = new Map();
  const pageAt = url => {
    const key = url.origin + url.pathname;
    if (!fetched.has(key)) fetched.set(key, fetch(key).then(answer => answer.ok ? answer.text() : Promise.reject(answer.status)).then(text => {
      const page = new DOMParser().parseFromString(text, "text/html");
      for (const node of page.querySelectorAll("[href],[src]")) for (const name of ["href", "src"])
        if (node.hasAttribute(name) && !node.getAttribute(name).startsWith("#")) node.setAttribute(name, new URL(node.getAttribute(name), key).href);
      return page;
    }));
    return fetched.get(key);
  };
  const inside = url => url.origin === location.origin && url.href.startsWith(base.href) && !url.pathname.slice(base.pathname.length).includes("/") && /\.html$/.test(url.pathname);
  const slugOf = url => decodeURIComponent(url.pathname.split("/").pop().replace(/\.html$/, ""));
  const fragment = async url => {
    const here = url.pathname === location.pathname;
    if (url.hash && (here || location.protocol !== "file:")) {
      const part = (here ? document : await pageAt(url)).getElementById(decodeURIComponent(url.hash.slice(1)));
      if (part) {
        const nodes = [part];
        if (/^H\d$/.test(part.tagName)) for (let next = part.nextElementSibling; next && nodes.length < 6 && !(/^H\d$/.test(next.tagName) && next.tagName <= part.tagName); next = next.nextElementSibling) nodes.push(next);
        return nodes.map(node => { const copy = document.importNode(node, true); copy.removeAttribute("id"); copy.querySelectorAll("[id]").forEach(n => n.removeAttribute("id")); return copy; });
      }
    }
    const note = await bySlug(slugOf(url));
    return note && [el("p", { class: "title" }, note.title, note.stage ? " " + glyph[note.stage] : ""), el("p", {}, note.excerpt)];
  };

  // --- Previews: a moment after a link is pointed at or focused; Escape closes; links in them preview too.
  const setUpPreviews = () => {
    const open = [], shelf = el("div", { role: "region", "aria-label": words.preview });
    let timer;
    const closeTo = depth => { while (open.length > depth) { const { box, link } = open.pop(); box.remove(); link.removeAttribute("aria-describedby"); } };
    const depthOf = node => open.findIndex(({ box }) => box.contains(node)) + 1;
    const show = async link => {
      const depth = depthOf(link), nodes = await fragment(new URL(link.href.baseVal ?? link.href, location.href)).catch(() => null);
      if (!nodes || open[depth]?.link === link || !(link.matches(":hover") || link === document.activeElement)) return;
      closeTo(depth);
      const box = el("div", { class: "preview", role: "tooltip", id: "preview-" + depth }, ...nodes), at = link.getBoundingClientRect();
      (shelf.isConnected ? shelf : document.body.appendChild(shelf)).append(box);
      const width = Math.min(360, innerWidth - 24), left = Math.max(12, Math.min(at.left, innerWidth - width - 12));
      box.style.setProperty("width", width + "px");
      box.style.setProperty("left", left + scrollX + "px");
      const below = at.bottom + 8 + box.offsetHeight < innerHeight || at.top < box.offsetHeight + 16;
      box.style.setProperty("top", scrollY + (below ? at.bottom + 8 : at.top - box.offsetHeight - 8) + "px");
      link.setAttribute("aria-describedby", box.id);
      open.push({ box, link });
    };
    const begin = event => {
      const link = event.target.closest?.("main a[href], .preview a[href]");
      clearTimeout(timer);
      if (!link) { timer = setTimeout(() => closeTo(depthOf(event.target)), 260); return; }
      const url = new URL(link.href.baseVal ?? link.href, location.href);
      if (!inside(url) || url.pathname === location.pathname && !url.hash) return;
      timer = setTimeout(() => show(link), event.type === "focusin" ? 350 : 220);
    };
    document.addEventListener("pointerover", event => event.pointerType !== "touch" && begin(event));
    document.addEventListener("focusin", event => event.target.matches?.(":focus-visible") ? begin(event) : 0);
    document.addEventListener("keydown", event => { if (event.key === "Escape") { clearTimeout(timer); closeTo(0); } });
    document.addEventListener("click", () => { clearTimeout(timer); closeTo(0); });
  };

  // --- Side by side: each note opens to the right of the one that led to it; the address remembers them.
  const setUpPanes = main => {
    if (location.protocol === "file:" || !matchMedia("(min-width: 70rem)").matches) return null;
    const panes = [main];
    main.dataset.slug = slugOf(location);
    const rail = el("div", { class: "rail" });
    const remember = () => {
      const rest = panes.slice(1).map(pane => pane.dataset.slug).join(",");
      history.replaceState(null, "", location.pathname + (rest ? "?with=" + encodeURIComponent(rest) : "") + location.hash);
    };
    const openBeside = async (url, after) => {
      const page = await pageAt(url), found = page.querySelector("main.note");
      if (!found) { location.href = url; return; }
      const slug = slugOf(url), already = panes.find(pane => pane.dataset.slug === slug);
      if (already) { already.scrollIntoView({ inline: "start" }); return; }
      const pane = document.importNode(found, true);
      pane.removeAttribute("id");
      pane.dataset.slug = slug;
      pane.setAttribute("role", "region");
      pane.setAttribute("aria-label", page.title);
      pane.tabIndex = -1;
      while (panes.length > panes.indexOf(after) + 1) panes.pop().remove();
      panes.push(pane);
      rail.append(pane);
      pane.scrollIntoView({ inline: "end", block: "nearest" });
      pane.focus({ preventScroll: true });
      remember();
    };
    const begin = () => {
      main.replaceWith(rail);
      rail.append(main);
      html.classList.add("panes");
      store.set("panes", "1");
      rail.addEventListener("click", event => {
        const link = event.target.closest("a[href]"), pane = event.target.closest("main");
        if (!link || !pane || event.metaKey || event.ctrlKey || event.shiftKey || event.button) return;
        const url = new URL(link.href.baseVal ?? link.href, location.href);
        if (!inside(url) || slugOf(url) === pane.dataset.slug) return;
        event.preventDefault();
        openBeside(url, pane).catch(() => { location.href = url; });
      });
    };
    const wanted = new URLSearchParams(location.search).get("with");
    if (wanted || store.get("panes")) begin();
    if (wanted) wanted.split(",").slice(0, 8).reduce((before, slug) => before.then(() => openBeside(new URL(encodeURIComponent(slug) + ".html", base), panes.at(-1))), Promise.resolve()).catch(() => {});
    return { on: () => html.classList.contains("panes"), toggle: () => { if (!html.classList.contains("panes")) begin(); else { store.set("panes", ""); location.href = location.pathname; } } };
  };

  // --- The map: a flower for each topic, a floret for each note; laid out by rule, so always the same.
  const setUpMap = async main => {
    const data = await load("map"), table = data && await load("i");
    if (!table) return;
    const { w } = table;
    const canvas = el("canvas", { class: "map", tabindex: "0", role: "img", "aria-label": words.map_hint }), label = el("p", { class: "map-label", role: "status" }, words.map_hint);
    main.insertBefore(canvas, main.querySelector(".topics"));
    main.insertBefore(label, canvas);
    const golden = Math.PI * (3 - Math.sqrt(5)), gap = 9, nodes = [], byDoc = new Map(), placed = [];
    for (const [index, [name, docs, sizes]] of data.t.entries()) {
      const count = docs.length / w, radius = gap * Math.sqrt(count) + 26;
      let x = 0, y = 0;
      for (let step = 0; placed.some(p => Math.hypot(p.x - x, p.y - y) < p.radius + radius); step++) {
        const turn = step * .2, far = 4 * turn;
        x = far * Math.cos(turn) * 1.35; y = far * Math.sin(turn);
      }
      placed.push({ x, y, radius, name, hue: (index * 137.5 + 90) % 360 });
      for (let i = 0; i < count; i++) {
        const angle = i * golden, far = gap * Math.sqrt(i + .5);
        const node = { doc: docs.slice(i * w, i * w + w), x: x + far * Math.cos(angle), y: y + far * Math.sin(angle), r: 2 + .45 * Math.min(9, +sizes[i]), hue: placed.at(-1).hue };
        nodes.push(node);
        byDoc.set(node.doc, node);
      }
    }
    let view = null, chosen = null, near = [], frame = 0;
    const context = canvas.getContext("2d"), colour = name => getComputedStyle(html).getPropertyValue(name).trim();
    const draw = () => {
      frame = 0;
      const ratio = devicePixelRatio || 1, width = canvas.clientWidth, height = canvas.clientHeight;
      if (canvas.width !== Math.round(width * ratio) || canvas.height !== Math.round(height * ratio)) { canvas.width = Math.round(width * ratio); canvas.height = Math.round(height * ratio); }
      if (!view) {
        const side = (way, sign) => sign * Math.max(...placed.map(p => sign * p[way] + p.radius + 8), 30);
        const [left, right, top, bottom] = [side("x", -1), side("x", 1), side("y", -1), side("y", 1)];
        const scale = Math.min(3, (width - 40) / (right - left), (height - 40) / (bottom - top));
        view = { x: -scale * (left + right) / 2, y: 12 - scale * (top + bottom) / 2, scale };
      }
      const dark = colour("--dark") === "1";
      context.setTransform(ratio, 0, 0, ratio, 0, 0);
      context.clearRect(0, 0, width, height);
      context.translate(width / 2 + view.x, height / 2 + view.y);
      context.scale(view.scale, view.scale);
      if (data.e) {
        context.strokeStyle = colour("--line");
        context.lineWidth = .7 / view.scale;
        context.beginPath();
        for (let i = 0; i < data.e.length; i += 2) { const a = nodes[data.e[i]], b = nodes[data.e[i + 1]]; context.moveTo(a.x, a.y); context.quadraticCurveTo((a.x + b.x) * .46, (a.y + b.y) * .46, b.x, b.y); }
        context.stroke();
      }
      if (chosen) {
        context.strokeStyle = colour("--bloom");
        context.lineWidth = 1.2 / view.scale;
        context.beginPath();
        for (const other of near) { context.moveTo(chosen.x, chosen.y); context.quadraticCurveTo((chosen.x + other.x) * .48, (chosen.y + other.y) * .48, other.x, other.y); }
        context.stroke();
      }
      let hue = null;
      for (const node of nodes) {
        if (node.hue !== hue) { if (hue !== null) context.fill(); hue = node.hue; context.beginPath(); context.fillStyle = dark ? `hsl(${hue} 38% 62%)` : `hsl(${hue} 34% 44%)`; }
        context.moveTo(node.x + node.r, node.y);
        context.arc(node.x, node.y, node.r, 0, 6.2832);
      }
      context.fill();
      if (chosen) { context.fillStyle = colour("--bloom"); context.beginPath(); for (const node of [chosen, ...near]) { context.moveTo(node.x + node.r + 1, node.y); context.arc(node.x, node.y, node.r + 1, 0, 6.2832); } context.fill(); }
      context.fillStyle = colour("--ink");
      context.textAlign = "center";
      // Names: in pixels, the larger flower's first, within the picture, none over another.
      context.setTransform(ratio, 0, 0, ratio, 0, 0);
      context.strokeStyle = colour("--raised");
      context.lineWidth = 4;
      context.lineJoin = "round";
      const taken = [], family = getComputedStyle(document.body).fontFamily;
      for (const place of placed) {
        const size = Math.max(11, Math.min(19, place.radius * view.scale / 5));
        if (place.radius * view.scale < 22) continue;
        context.font = `600 ${size}px ${family}`;
        const half = context.measureText(place.name).width / 2 + 4, middle = width / 2 + view.x + place.x * view.scale;
        if (middle + half < 0 || middle - half > width) continue;
        const x = Math.max(half, Math.min(width - half, middle)), y = height / 2 + view.y + (place.y - place.radius + 20) * view.scale - 9;
        if (taken.some(other => Math.abs(other.x - x) < other.half + half && Math.abs(other.y - y) < size + 3)) continue;
        taken.push({ x, y, half });
        context.strokeText(place.name, x, y);
        context.fillText(place.name, x, y);
      }
    };
    const redraw = () => frame ||= requestAnimationFrame(draw);
    const nodeAt = event => {
      const box = canvas.getBoundingClientRect(), x = (event.clientX - box.left - box.width / 2 - view.x) / view.scale, y = (event.clientY - box.top - box.height / 2 - view.y) / view.scale;
      let best = null, least = (8 / view.scale + 4) ** 2;
      for (const node of nodes) { const far = (node.x - x) ** 2 + (node.y - y) ** 2; if (far < least) { least = far; best = node; } }
      return best;
    };
    const choose = async node => {
      if (node === chosen) return;
      chosen = node; near = [];
      canvas.style.setProperty("cursor", node ? "pointer" : "grab");
      label.textContent = words.map_hint;
      redraw();
      if (!node) return;
      const note = await about(node.doc);
      if (chosen !== node || !note) return;
      label.textContent = note.title;
      near = (note.links?.match(RegExp(`.{${w}}`, "g")) || []).map(doc => byDoc.get(doc)).filter(Boolean);
      redraw();
    };
    const zoom = (factor, x = 0, y = 0) => { factor = Math.min(12, Math.max(.05, view.scale * factor)) / view.scale; view = { x: x - (x - view.x) * factor, y: y - (y - view.y) * factor, scale: view.scale * factor }; redraw(); };
    const pointers = new Map();
    let moved = 0;
    canvas.addEventListener("pointerdown", event => { canvas.setPointerCapture(event.pointerId); pointers.set(event.pointerId, event); moved = 0; });
    canvas.addEventListener("pointermove", event => {
      const before = pointers.get(event.pointerId);
      if (!before) { choose(nodeAt(event)); return; }
      const others = [...pointers.values()].filter(p => p.pointerId !== event.pointerId);
      if (others.length) { const far = p => Math.hypot(p.clientX - others[0].clientX, p.clientY - others[0].clientY); zoom(far(event) / (far(before) || 1)); }
      else { view.x += event.clientX - before.clientX; view.y += event.clientY - before.clientY; moved += Math.abs(event.clientX - before.clientX) + Math.abs(event.clientY - before.clientY); redraw(); }
      pointers.set(event.pointerId, event);
    });
    const up = async event => {
      pointers.delete(event.pointerId);
      const node = event.type === "pointerup" && moved < 6 && nodeAt(event), note = node && await about(node.doc);
      if (note) location.href = hrefOf(note);
    };
    canvas.addEventListener("pointerup", up);
    canvas.addEventListener("pointercancel", up);
    canvas.addEventListener("wheel", event => { event.preventDefault(); const box = canvas.getBoundingClientRect(); zoom(Math.exp(-event.deltaY / 400), event.clientX - box.left - box.width / 2, event.clientY - box.top - box.height / 2); }, { passive: false });
    canvas.addEventListener("keydown", event => {
      const step = { ArrowLeft: [40, 0], ArrowRight: [-40, 0], ArrowUp: [0, 40], ArrowDown: [0, -40] }[event.key];
      if (step) { view.x += step[0]; view.y += step[1]; redraw(); event.preventDefault(); }
      else if (event.key === "+" || event.key === "=") zoom(1.3);
      else if (event.key === "-") zoom(1 / 1.3);
    });
    new ResizeObserver(redraw).observe(canvas);
    new MutationObserver(redraw).observe(html, { attributes: true });
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", redraw);
    canvas.mapView = () => ({ ...view, nodes: nodes.length });
    draw();
  };

  document.addEventListener("DOMContentLoaded", () => {
    const nav = document.querySelector("header.site nav"), main = document.querySelector("main");
    const button = (name, text, act) => { const made = el("button", { type: "button", class: name }, text); made.addEventListener("click", () => act(made)); return made; };
    if (nav) {
      const toggle = button("theme", "◑", () => {
        const dark = html.dataset.theme ? html.dataset.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
        html.dataset.theme = dark ? "light" : "dark";
        store.set("theme", html.dataset.theme);
      });
      toggle.setAttribute("aria-label", words.theme);
      toggle.title = words.theme;
      nav.append(toggle);
    }
    setUpSearch();
    setUpPreviews();
    if (main?.matches(".map")) setUpMap(main);
    if (main?.matches(".note")) {
      const tools = el("p", { class: "tools" }), panes = setUpPanes(main);
      if (main.querySelector(".e-content mark")) tools.append(button("marks", words.highlights, made => { made.textContent = main.classList.toggle("only-marks") ? words.everything : words.highlights; }));
      if (panes) { const made = button("beside", words.stacked, panes.toggle); made.setAttribute("aria-pressed", panes.on()); tools.append(made); }
      if (tools.children.length) main.querySelector("article header").append(tools);
    }
    // What may scroll sideways must be reached by keyboard too.
    for (const wide of document.querySelectorAll("pre, .wide, math[display=block]")) if (wide.scrollWidth > wide.clientWidth) wide.tabIndex = 0;
    // What changed since the reader was here: known to this browser alone. A visit ends after an hour.
    const now = Date.now(), last = +store.get("last") || now;
    if (now - last > 36e5 || !store.get("visit")) store.set("visit", last);
    store.set("last", now);
    const since = new Date(+store.get("visit")).toISOString().slice(0, 10);
    for (const time of document.querySelectorAll("main li time, .facts .dt-updated")) if (time.dateTime.slice(0, 10) > since) { time.classList.add("unread"); time.title = words.unread; }
  });
})();

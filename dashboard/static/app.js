// Comfort only: every page works without this file. Keys, the running ingest's strip, and running a query by Ctrl-Enter.
"use strict";
(() => {
  const strip = document.getElementById("live");
  const refresh = async () => {
    try {
      const answer = await fetch("/live", { headers: { accept: "text/html" } });
      if (!answer.ok) return;
      // The answer is our own template, its values escaped by the server; it is parsed, and scripts parsed so never run.
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      const was = strip.querySelector("[data-live]");
      strip.replaceChildren(...document.adoptNode(page.body).childNodes);
      if (was && !strip.querySelector("[data-live]")) location.reload();
    } catch { /* the server rests; the next turn tries again */ }
  };
  if (strip) setInterval(() => { if (!document.hidden) refresh(); }, 5000);

  const KEYS = "taojin-keys";
  const stored = () => { try { return localStorage.getItem(KEYS); } catch { return null; } };
  const off = () => stored() === "off";
  const button = document.getElementById("keys-off");
  if (button) {
    const name = () => { button.textContent = off() ? button.dataset.on : button.dataset.off; };
    button.hidden = false;
    name();
    button.addEventListener("click", () => { try { localStorage.setItem(KEYS, off() ? "on" : "off"); } catch { /* private window */ } name(); });
  }
  const places = { o: "/", c: "/checks", q: "/quarantine", r: "/runs", a: "/articles", f: "/facts", d: "/dirt", s: "/sql" };
  const kept = new URLSearchParams(location.search).get("gen");
  const go = (path) => { location.href = path + (kept ? "?gen=" + encodeURIComponent(kept) : ""); };
  const step = (list, way) => {
    const all = [...document.querySelectorAll(list)].filter((e) => e.offsetParent !== null);
    if (!all.length) return;
    const at = all.findIndex((e) => e === document.activeElement || e.contains(document.activeElement));
    const next = all[Math.min(Math.max(at + way, 0), all.length - 1)];
    const target = next.matches("a") ? next : next.querySelector("a") || next;
    target.focus();
    next.scrollIntoView({ block: "center" });
  };
  const follow = (way) => { const link = document.querySelector(`main nav a[rel=${way}], main .pager a[rel=${way}]`); if (link) link.click(); };
  let waiting = false;
  document.addEventListener("keydown", (event) => {
    const field = event.target.closest && event.target.closest("input, textarea, select");
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey) && event.target.id === "sql") { event.target.form.requestSubmit(); return; }
    if (event.key === "Escape" && field) { field.blur(); return; }
    if (field || event.ctrlKey || event.metaKey || event.altKey || off()) return;
    if (waiting) { waiting = false; if (places[event.key]) { event.preventDefault(); go(places[event.key]); } return; }
    switch (event.key) {
      case "/": event.preventDefault(); document.getElementById("find").focus(); break;
      case "g": waiting = true; setTimeout(() => { waiting = false; }, 1200); break;
      case "?": location.href = "/about#keys"; break;
      case "n": step(".raw .e:not(.tidy)", 1); break;
      case "p": step(".raw .e:not(.tidy)", -1); break;
      case "j": step("main tbody tr", 1); break;
      case "k": step("main tbody tr", -1); break;
      case "[": follow("prev"); break;
      case "]": follow("next"); break;
    }
  });

  // The SQL page: completion from the names that the page lists, and the queries that ran, kept in this browser alone.
  const sql = document.getElementById("sql");
  if (sql) {
    for (const e of document.querySelectorAll(".scripted")) e.hidden = false;
    const listed = (from, what) => [...from.querySelectorAll(what)].map((e) => e.textContent.trim());
    const tables = new Map([...document.querySelectorAll(".schema details")].map((d) => [listed(d, "summary code")[0], listed(d, "dt code")]));
    const macros = listed(document, ".macros code").map((m) => m.replace(/\(.*/, "("));
    const WORDS = "select from where group by order limit with as join left on using and or not in is null like ilike between case when then else end distinct having union all count( sum( avg( min( max( desc asc nulls last filter over partition qualify sample describe summarize unnest( length( year( substr( regexp_matches( coalesce( round(".split(" ");
    const box = document.createElement("ul");
    const mirror = document.createElement("div");
    box.id = "completions";
    box.className = "completions";
    box.hidden = true;
    box.setAttribute("role", "listbox");
    box.setAttribute("aria-label", sql.dataset.complete);
    mirror.className = "mirror";
    mirror.setAttribute("aria-hidden", "true");
    const frame = document.createElement("div");
    frame.className = "writing";
    sql.replaceWith(frame);
    frame.append(sql, mirror, box);
    sql.setAttribute("aria-autocomplete", "list");
    sql.setAttribute("aria-controls", box.id);
    let chosen = 0;
    const shut = () => { box.hidden = true; box.replaceChildren(); sql.removeAttribute("aria-activedescendant"); };
    const before = () => sql.value.slice(0, sql.selectionStart);
    const quoted = (text) => (text.match(/'/g) || []).length % 2 === 1 || /--[^\n]*$/.test(text);
    const begun = () => before().match(/(?:([A-Za-z_]\w*)\.)?([A-Za-z_]\w*)?$/);
    const named = (alias) => {
      if (tables.has(alias)) return tables.get(alias);
      const found = sql.value.matchAll(/\b(?:from|join)\s+([a-z_]\w*)(?:\s+as)?\s+([a-z_]\w*)/gi);
      for (const [, table, name] of found) if (name.toLowerCase() === alias.toLowerCase()) return tables.get(table.toLowerCase()) || [];
      return [];
    };
    const fitting = (part, owner) => {
      const used = [...tables].filter(([name]) => new RegExp("\\b" + name + "\\b", "i").test(sql.value)).flatMap(([, columns]) => columns);
      const pool = owner ? named(owner) : [...used, ...tables.keys(), ...macros, ...WORDS, ...[...tables.values()].flat()];
      const small = part.toLowerCase();
      const fits = [...new Set(pool)].filter((w) => w.toLowerCase().startsWith(small) && w.toLowerCase() !== small);
      return fits.slice(0, 9);
    };
    const mark = (at) => {
      chosen = (at + box.children.length) % box.children.length;
      [...box.children].forEach((o, i) => o.setAttribute("aria-selected", String(i === chosen)));
      sql.setAttribute("aria-activedescendant", box.children[chosen].id);
    };
    const take = (at) => {
      const part = begun()[2] || "";
      const word = box.children[at].textContent;
      sql.setRangeText(word, sql.selectionStart - part.length, sql.selectionStart, "end");
      shut();
      sql.focus();
    };
    const offer = (asked) => {
      const [, owner, part = ""] = begun();
      const words = quoted(before()) || (!asked && !owner && part.length < 2) ? [] : fitting(part, owner);
      if (!words.length) return shut();
      box.replaceChildren(...words.map((word, i) => {
        const option = document.createElement("li");
        option.id = "completion-" + i;
        option.setAttribute("role", "option");
        option.textContent = word;
        option.addEventListener("mousedown", (event) => { event.preventDefault(); take(i); });
        return option;
      }));
      const end = document.createElement("span");
      mirror.replaceChildren(document.createTextNode(before().slice(0, before().length - part.length)), end);
      end.textContent = "\u200b";
      mirror.style.width = sql.clientWidth + "px";
      box.style.top = end.offsetTop + end.offsetHeight - sql.scrollTop + 2 + "px";
      box.style.left = Math.min(end.offsetLeft, Math.max(sql.clientWidth - 180, 0)) + "px";
      box.hidden = false;
      mark(0);
    };
    sql.addEventListener("input", () => offer(false));
    sql.addEventListener("blur", shut);
    sql.addEventListener("click", shut);
    sql.addEventListener("keydown", (event) => {
      if (event.ctrlKey && event.code === "Space") { event.preventDefault(); offer(true); return; }
      if (box.hidden || event.ctrlKey || event.metaKey || event.altKey) return;
      const acts = { ArrowDown: () => mark(chosen + 1), ArrowUp: () => mark(chosen - 1), Tab: () => take(chosen), Enter: () => take(chosen), Escape: shut };
      if (event.shiftKey || !acts[event.key]) { if (event.key.startsWith("Arrow")) shut(); return; }
      event.preventDefault();
      event.stopPropagation();
      acts[event.key]();
    });

    const KEPT = "taojin-sql";
    const read = () => { try { return JSON.parse(localStorage.getItem(KEPT)) || { on: true, ran: [] }; } catch { return { on: true, ran: [] }; } };
    const write = (all) => { try { localStorage.setItem(KEPT, JSON.stringify(all)); } catch { /* private window, or full */ } };
    const part = document.getElementById("history");
    const keep = part.querySelector("[data-act=keep]");
    const tell = () => {
      const { on, ran } = read();
      keep.textContent = on ? keep.dataset.off : keep.dataset.on;
      const items = ran.map((text) => {
        const item = document.createElement("li");
        const link = document.createElement("a");
        link.href = "/sql?" + new URLSearchParams(kept ? { sql: text, gen: kept } : { sql: text });
        link.textContent = text.replace(/\s+/g, " ").slice(0, 160);
        item.append(link);
        return item;
      });
      const none = document.createElement("li");
      none.textContent = part.dataset.none;
      part.querySelector("ul").replaceChildren(...(items.length ? items : [none]));
    };
    const ran = sql.value.trim();
    if (ran && document.getElementById("answer")) {
      const all = read();
      if (all.on) write({ on: true, ran: [ran, ...all.ran.filter((q) => q !== ran)].slice(0, 30) });
    }
    part.querySelector("[data-act=clear]").addEventListener("click", () => { write({ on: read().on, ran: [] }); tell(); });
    keep.addEventListener("click", () => { const all = read(); write({ on: !all.on, ran: all.on ? [] : all.ran }); tell(); });
    tell();
  }
})();

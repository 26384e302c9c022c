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
    }
  });
})();

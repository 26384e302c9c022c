// What is wrong with the page that a person sees: run in the page by the browser's tests. Returns sentences.
(() => {
  const found = [];
  const seen = (e) => e.checkVisibility({ contentVisibilityAuto: true, opacityProperty: true, visibilityProperty: true }) && e.getClientRects().length;
  const hiddenBox = (e) => { for (; e; e = e.parentElement) { if (getComputedStyle(e).clipPath.includes("inset(50%)")) return true; } return false; };
  const parse = (c) => { const m = c.match(/[\d.]+/g).map(Number); return { r: m[0], g: m[1], b: m[2], a: m.length > 3 ? m[3] : 1 }; };
  const light = ({ r, g, b }) => {
    const f = (v) => { v /= 255; return v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4; };
    return 0.2126 * f(r) + 0.7152 * f(g) + 0.0722 * f(b);
  };
  const ground = (e) => { for (; e; e = e.parentElement) { const c = parse(getComputedStyle(e).backgroundColor); if (c.a > 0.99) return c; } return { r: 255, g: 255, b: 255 }; };
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  const told = new Set();
  for (let n = walker.nextNode(); n; n = walker.nextNode()) {
    const e = n.parentElement;
    if (!n.textContent.trim() || !seen(e) || hiddenBox(e) || e.closest("[aria-hidden=true]")) continue;
    const style = getComputedStyle(e);
    const ink = parse(e.closest("svg") ? style.fill : style.color);
    const [a, b] = [light(ink), light(ground(e))].sort((x, y) => x - y);
    const ratio = (b + 0.05) / (a + 0.05);
    const key = e.tagName + e.className;
    if (ratio < 4.5 && !told.has(key)) { told.add(key); found.push(`contrast ${ratio.toFixed(2)}: <${e.tagName.toLowerCase()} class="${e.getAttribute("class") || ""}"> ${n.textContent.trim().slice(0, 30)}`); }
  }
  if (document.documentElement.scrollWidth > document.documentElement.clientWidth) found.push(`the page is ${document.documentElement.scrollWidth - document.documentElement.clientWidth} px too wide`);
  for (const e of document.querySelectorAll("main a[href], main button, nav a[href], header a[href]")) {
    if (seen(e) && !(e.innerText || e.textContent).trim() && !e.getAttribute("aria-label")) found.push(`no name: ${e.outerHTML.slice(0, 100)}`);
  }
  for (const e of document.querySelectorAll("*")) {
    if (e.scrollWidth > e.clientWidth + 1 && ["auto", "scroll"].includes(getComputedStyle(e).overflowX) && e.clientWidth && e.tabIndex < 0 && !e.querySelector("a, button, input, summary")) {
      found.push(`cannot be scrolled by keyboard: <${e.tagName.toLowerCase()} class="${e.getAttribute("class") || ""}">`);
    }
  }
  if (document.querySelectorAll("main").length !== 1) found.push("no main");
  for (const e of document.querySelectorAll("[style]")) found.push(`style attribute: ${e.outerHTML.slice(0, 80)}`);
  return found;
})()

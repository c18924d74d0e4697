"use strict";
(() => {
  const all = (selector, root = document) => [...root.querySelectorAll(selector)];
  const one = (id) => document.getElementById(id);
  const rows = all(".findings tbody tr");
  const chips = all(".chip");
  const texts = new Map(rows.map((row) => [row, row.textContent.toLowerCase()]));

  function filter() {
    const kinds = new Set(chips.filter((chip) => chip.getAttribute("aria-pressed") === "true").map((chip) => chip.dataset.kind));
    const unit = one("unit").value, mechanism = one("mechanism").value, words = one("search").value.toLowerCase().split(/\s+/).filter(Boolean);
    let shown = 0;
    for (const row of rows) {
      const fits = kinds.has(row.dataset.kind) && (!unit || row.dataset.unit === unit) && (!mechanism || row.dataset.mechanism === mechanism) &&
        words.every((word) => texts.get(row).includes(word));
      row.hidden = !fits;
      shown += fits;
    }
    one("count").textContent = `显示 ${shown} / ${rows.length} 项`;
    one("none").hidden = shown > 0;
  }
  for (const chip of chips) chip.addEventListener("click", () => {
    chip.setAttribute("aria-pressed", String(chip.getAttribute("aria-pressed") !== "true"));
    filter();
  });
  for (const id of ["unit", "mechanism", "search"]) one(id).addEventListener("input", filter);
  one("filters").addEventListener("submit", (event) => event.preventDefault());
  one("filters").addEventListener("reset", () => {
    for (const chip of chips) chip.setAttribute("aria-pressed", "true");
    setTimeout(filter);
  });

  const views = new Map(all("template[data-post]").map((view) => [view.dataset.post, view]));
  let opener = null;
  function open(post, from) {
    const view = views.get(post);
    if (!view) return;
    opener = from;
    one("panel-title").textContent = view.dataset.label;
    one("panel-body").replaceChildren(view.content.cloneNode(true));
    one("panel").hidden = false;
    mark(post);
    one("panel").focus();
  }
  function close() {
    if (one("panel").hidden) return;
    one("panel").hidden = true;
    mark(null);
    if (opener) opener.focus();
  }
  function mark(post) {
    for (const canvas of all(".canvas")) {
      const nodes = all("[data-node]", canvas);
      for (const node of nodes) node.classList.toggle("on", node.dataset.node === post);
      canvas.classList.toggle("chosen", nodes.some((node) => node.dataset.node === post));
    }
    for (const row of all("tr")) row.classList.toggle("on", post !== null && all(".post", row).some((button) => button.dataset.post === post));
  }
  for (const button of all(".post")) button.addEventListener("click", () => open(button.dataset.post, button));
  for (const node of all("[data-node]")) {
    if (!views.has(node.dataset.node)) continue;
    node.setAttribute("tabindex", "0");
    node.setAttribute("role", "button");
    node.setAttribute("aria-label", views.get(node.dataset.node).dataset.label);
    node.addEventListener("click", () => open(node.dataset.node, node));
    node.addEventListener("keydown", (event) => {
      if (event.key === "Enter" || event.key === " ") {
        event.preventDefault();
        open(node.dataset.node, node);
      }
    });
  }
  one("close").addEventListener("click", close);
  for (const button of all(".zoom")) button.addEventListener("click", () => {
    const large = button.closest("figure").querySelector(".canvas").classList.toggle("large");
    button.setAttribute("aria-pressed", String(large));
  });
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape") close();
    if (event.key === "/" && !/^(INPUT|SELECT|TEXTAREA)$/.test(document.activeElement.tagName)) {
      event.preventDefault();
      one("search").focus();
    }
  });
  let closed = [];
  window.addEventListener("beforeprint", () => {
    closed = all("tr:is([data-kind=fail], [data-kind=warning], [data-kind=error]) details:not([open])"); // what is open or waived is told in a line
    for (const details of closed) details.open = true;
  });
  window.addEventListener("afterprint", () => { for (const details of closed) details.open = false; });
  filter();
})();

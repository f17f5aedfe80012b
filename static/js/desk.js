/* Pages of the desk that renew themselves, and the keys to work a list with. */

/* A page that asks "anything new?" names what it has; nothing new is 304 and changes nothing. */
document.addEventListener("htmx:configRequest", (event) => {
  const live = event.detail.elt;
  if (live.dataset?.stamp && event.detail.verb === "get") event.detail.headers["If-None-Match"] = `"${live.dataset.stamp}"`;
});

const typing = (root) => root.contains(document.activeElement) && document.activeElement.matches("textarea, input, select");
const rowsOf = (root) => [...root.querySelectorAll("[data-matter]")];
let kept = null;

function keep(root) {
  const row = document.activeElement?.closest("[data-matter]");
  kept = {
    ids: new Set(rowsOf(root).map((one) => one.dataset.matter)),
    id: row?.dataset.matter,
    place: row ? rowsOf(root).indexOf(row) : -1,
    focus: document.activeElement?.dataset?.part,
    open: [...root.querySelectorAll("[data-open][aria-expanded=true]")].map((link) => link.dataset.open),
  };
}

document.addEventListener("htmx:beforeSwap", (event) => {
  const live = event.detail.target.closest?.("[data-stamp]");
  if (!live) return;
  const polled = event.detail.requestConfig.verb === "get" && !event.detail.requestConfig.triggeringEvent?.submitter;
  // Who is writing a note is not disturbed; the next round brings it.
  if (event.detail.xhr.status === 304 || (polled && typing(live))) {
    event.detail.shouldSwap = false;
    return;
  }
  keep(live);
});

function announce(text) {
  const region = document.getElementById("came");
  if (region && text) region.textContent = text;
}

function restore(root) {
  if (!kept) return;
  const before = kept;
  kept = null;
  for (const id of before.open) expand(root.querySelector(`[data-open="${CSS.escape(id)}"]`), true);
  const rows = rowsOf(root);
  const came = rows.filter((row) => !before.ids.has(row.dataset.matter));
  if (came.length) announce(`${root.dataset.came} ${came.map((row) => row.dataset.label).join("; ")}`);
  if (before.place < 0) return;
  // Where the row is gone, the one that took its place.
  const row = rows.find((one) => one.dataset.matter === before.id) ?? rows[Math.min(before.place, rows.length - 1)];
  (row?.querySelector(`[data-part="${before.focus}"]`) ?? row?.querySelector("[data-open]"))?.focus({ preventScroll: true });
}

document.addEventListener("htmx:afterSettle", () => {
  const live = document.querySelector("[data-stamp]");
  if (!live) return;
  restore(live);
  const search = document.querySelector("[data-narrows]");
  if (search?.value) search.dispatchEvent(new Event("input", { bubbles: true }));
});

/* One matter is open at a time. */
function expand(link, open) {
  if (!link) return;
  link.setAttribute("aria-expanded", open);
  const body = document.getElementById(link.getAttribute("aria-controls"));
  if (body) body.hidden = !open;
}

function toggle(link) {
  const open = link.getAttribute("aria-expanded") !== "true";
  for (const other of document.querySelectorAll("[data-open][aria-expanded=true]")) expand(other, false);
  expand(link, open);
}

document.addEventListener("click", (event) => {
  const link = event.target.closest("[data-open]");
  if (link) {
    event.preventDefault();
    toggle(link);
  }
  if (event.target.closest("[data-new-matter]")) openNew();
  if (event.target.closest("[data-close-dialog]")) event.target.closest("dialog").close();
});

function openNew() {
  const dialog = document.getElementById("new-matter");
  dialog?.showModal();
  dialog?.querySelector("[name=text]")?.focus();
}

const rowNow = () =>
  document.activeElement?.closest("[data-matter]") ?? document.querySelector("[data-open][aria-expanded=true]")?.closest("[data-matter]");

/* A digit closes the matter that is open; on one that is not it opens it, so that a slip closes nothing. */
function choose(digit) {
  const row = rowNow();
  const button = row?.querySelector(`[data-outcome="${digit}"]`);
  if (!button) return false;
  const link = row.querySelector("[data-open]");
  if (link.getAttribute("aria-expanded") === "true") button.click();
  else {
    toggle(link);
    button.focus();
  }
  return true;
}

function act(name) {
  const target = rowNow()?.querySelector(`[data-act="${name}"]`);
  if (!target) return false;
  if (target.matches("input, textarea")) {
    const link = rowNow().querySelector("[data-open]");
    if (link.getAttribute("aria-expanded") !== "true") toggle(link);
    target.focus();
  } else target.click();
  return true;
}

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  const away = event.target.closest("[data-matter] input, [data-matter] textarea");
  if (event.key === "Escape" && away) {
    away.closest("[data-matter]").querySelector("[data-open]").focus();
    return;
  }
  if (event.target.closest("input, select, textarea, [contenteditable], dialog[open]")) return;
  let done = false;
  if (/^[1-9]$/.test(event.key)) done = choose(event.key);
  else if (event.key === "t") done = act("take");
  else if (event.key === "a") done = act("accept");
  else if (event.key === "r") done = act("return");
  else if (event.key === "d") done = act("dismiss");
  else if (event.key === "u") done = document.querySelector("[data-undo]")?.click() ?? Boolean(document.querySelector("[data-undo]"));
  else if (event.key === "n" && document.getElementById("new-matter")) {
    openNew();
    done = true;
  }
  if (done) event.preventDefault();
});

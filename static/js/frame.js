/* The frame of every page: look, keys, definitions, filters that apply themselves. */

const editable = (element) => element.closest("input, select, textarea, [contenteditable], dialog[open]");

function showThemeChoice() {
  for (const button of document.querySelectorAll("button[data-theme-choice]")) {
    const chosen = button.dataset.themeChoice === document.documentElement.dataset.themeChoice;
    button.classList.toggle("active", chosen);
    button.setAttribute("aria-pressed", chosen);
  }
}

function openKeys() {
  document.getElementById("keys")?.showModal();
}

/* j and k walk through the rows of the first list on the page; Enter follows the row's first link. */
function walkRows(step) {
  const rows = [...document.querySelectorAll("[data-rows] > tr, [data-rows] > li")].filter((row) => row.offsetParent);
  if (!rows.length) return;
  const at = rows.findIndex((row) => row.contains(document.activeElement));
  const row = rows[Math.min(Math.max(at + step, 0), rows.length - 1)];
  const target = row.querySelector("a[href], button") || row;
  if (target === row) row.tabIndex = -1;
  target.focus();
  row.scrollIntoView({ block: "nearest" });
}

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || editable(event.target)) return;
  if (event.key === "?") openKeys();
  else if (event.key === "j") walkRows(1);
  else if (event.key === "k") walkRows(-1);
  else if (event.key === "/") {
    const search = document.querySelector("[data-search]") ?? document.querySelector("[data-search-orders]");
    if (!search) return;
    search.focus();
    search.select?.();
  } else return;
  event.preventDefault();
});

document.addEventListener("click", (event) => {
  const theme = event.target.closest("button[data-theme-choice]");
  if (theme) {
    window.kefudeskTheme.choose(theme.dataset.themeChoice);
    showThemeChoice();
  }
  if (event.target.closest("[data-keys-help]")) openKeys();
  if (event.target.closest("[data-print]")) window.print();
});

/* A filter applies as soon as it is chosen; the button remains for those without scripts. */
document.addEventListener("change", (event) => {
  const form = event.target.closest("form[data-apply]");
  if (form && !event.target.matches("[data-apply-later], [data-apply-later] *")) form.requestSubmit();
});

/* Fields left at "everything" need not stand in the address. */
document.addEventListener("submit", (event) => {
  if (!event.target.matches("form[data-apply]")) return;
  for (const field of event.target.elements) {
    if (field.name && !field.value) field.disabled = true;
  }
});
window.addEventListener("pageshow", () => {
  for (const field of document.querySelectorAll("form[data-apply] :disabled")) field.disabled = false;
});

/* The search field of a list of choices or of a table hides what does not match. */
document.addEventListener("input", (event) => {
  const field = event.target.closest("[data-narrows]");
  if (!field) return;
  const wanted = field.value.trim().toLowerCase();
  for (const row of document.querySelectorAll(field.dataset.narrows)) {
    row.hidden = wanted !== "" && !row.textContent.toLowerCase().includes(wanted);
  }
});

function explainTerms() {
  const Popover = window.tabler?.Popover ?? window.bootstrap?.Popover;
  if (!Popover) return;
  for (const term of document.querySelectorAll("[data-term]")) {
    Popover.getOrCreateInstance(term, {
      trigger: "hover focus", html: true, placement: "bottom", container: "body", customClass: "term-popover",
      content: () => (term.nextElementSibling?.matches("template") ? term.nextElementSibling.innerHTML : ""),
    });
  }
}

/* Boxes of the filter bar: one open at a time, closed by Escape or a click elsewhere. */
document.addEventListener("click", (event) => {
  for (const picker of document.querySelectorAll("details.picker[open]")) {
    if (!picker.contains(event.target)) picker.open = false;
  }
  if (event.target.closest("[data-choose-all]")) {
    const form = event.target.closest("form");
    for (const box of event.target.closest(".picker-box").querySelectorAll("input[type=checkbox]")) box.checked = false;
    form.requestSubmit();
  }
  if (event.target.closest("[data-custom-period]")) {
    for (const preset of document.querySelectorAll("input[type=radio][name=period]")) preset.checked = false;
  }
});
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  for (const picker of document.querySelectorAll("details.picker[open]")) {
    picker.open = false;
    picker.querySelector("summary").focus();
  }
});

showThemeChoice();
explainTerms();
document.addEventListener("htmx:afterSettle", explainTerms);

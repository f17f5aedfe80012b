/* Scripts: Enter in the search field copies the chosen one, arrows choose, a click copies. */

const field = document.querySelector("[data-script-search] [name=q]");
const rows = () => [...document.querySelectorAll("[data-script]")];
const said = document.getElementById("copied");
let chosen = 0;
// Whether the rows are those of what stands in the field, and whether Enter was pressed before they came.
let current = true;
let awaited = false;

function choose(place) {
  const all = rows();
  chosen = Math.min(Math.max(place, 0), Math.max(all.length - 1, 0));
  all.forEach((row, number) => row.classList.toggle("chosen", number === chosen));
  all[chosen]?.scrollIntoView({ block: "nearest" });
}

/* Where the page is not served by HTTPS, browsers copy only what is marked. */
function copyMarked(element) {
  const range = document.createRange();
  range.selectNodeContents(element);
  const selection = window.getSelection();
  selection.removeAllRanges();
  selection.addRange(range);
  const done = document.execCommand("copy");
  if (done) selection.removeAllRanges();
  return done;
}

async function copy(row) {
  const text = row.querySelector("[data-text]");
  let done = false;
  try {
    await navigator.clipboard.writeText(text.textContent);
    done = true;
  } catch {
    done = copyMarked(text);
  }
  for (const other of rows()) other.classList.remove("copied");
  row.classList.toggle("copied", done);
  said.textContent = "";
  window.setTimeout(() => { said.textContent = done ? said.dataset.said : said.dataset.failed; }, 50);
  said.classList.toggle("visually-hidden", done);
  const button = row.querySelector("[data-copy]");
  button.dataset.word ??= button.textContent;
  if (!done) return;
  button.textContent = said.dataset.said;
  window.setTimeout(() => { button.textContent = button.dataset.word; }, 1500);
}

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-copy]");
  if (button) copy(button.closest("[data-script]"));
});

const copyChosen = () => rows()[chosen]?.querySelector("[data-copy]").click();

field?.addEventListener("input", () => { current = false; });
field?.addEventListener("keydown", (event) => {
  if (event.isComposing) return;
  if (event.key === "ArrowDown") choose(chosen + 1);
  else if (event.key === "ArrowUp") choose(chosen - 1);
  else if (event.key === "Enter" && current) copyChosen();
  else if (event.key === "Enter") awaited = true;
  else return;
  event.preventDefault();
});

document.querySelector("[data-script-search]")?.addEventListener("submit", (event) => event.preventDefault());
document.addEventListener("htmx:afterSwap", (event) => { if (event.detail.target.id === "scripts") choose(0); });
/* Only now do the new rows' buttons send anything. */
document.addEventListener("htmx:afterSettle", (event) => {
  if (event.detail.target.id !== "scripts") return;
  current = true;
  if (awaited) copyChosen();
  awaited = false;
});
choose(0);

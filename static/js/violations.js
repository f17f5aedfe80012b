/* Violations: judged by keyboard, and the grave deeds asked about once more. */

const editable = (element) => element.closest("input, select, textarea, [contenteditable], dialog[open]");

/* [data-key]: a link is followed, anything else gets the focus, so that only Enter does something. */
function go(key) {
  const target = document.querySelector(`[data-key="${CSS.escape(key)}"]`);
  if (!target) return false;
  if (target.matches("a")) target.click();
  else target.focus();
  return true;
}

function choose() {
  const box = document.activeElement?.closest("tr")?.querySelector("input[type=checkbox]");
  if (!box || box.disabled) return false;
  box.checked = !box.checked;
  return true;
}

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.key === "Escape" && event.target.matches("main input, main textarea")) event.target.blur();
  // A box that was ticked by a click holds the focus, but is not written into.
  if (editable(event.target) && !event.target.matches("[type=checkbox]")) return;
  if (event.key === "x" ? choose() : "cdjk".includes(event.key) && go(event.key)) event.preventDefault();
});

/* Other figures than proposed need a note: asked for before anything typed is lost. */
document.addEventListener("input", (event) => {
  const form = event.target.closest("form[data-proposed]");
  if (!form) return;
  const figures = form.querySelectorAll("[name=points], [name=money]");
  form.elements.note.required = [...figures].some((one) => Number(one.value) !== Number(one.defaultValue));
});

document.addEventListener("submit", (event) => {
  const question = event.submitter?.dataset.confirm;
  if (question && !window.confirm(question)) event.preventDefault();
});

/* A case: the script of the open step is copied by a click. */

/* Where the page is not served by HTTPS, browsers copy only what is marked. */
function copyMarked(element) {
  const selection = window.getSelection();
  const range = document.createRange();
  range.selectNodeContents(element);
  selection.removeAllRanges();
  selection.addRange(range);
  const done = document.execCommand("copy");
  if (done) selection.removeAllRanges();
  return done;
}

async function copy(button) {
  const text = document.getElementById(button.dataset.copyScript);
  let done = true;
  try {
    await navigator.clipboard.writeText(text.innerText);
  } catch {
    done = copyMarked(text);
  }
  if (!done) return;
  const word = button.textContent;
  button.textContent = button.dataset.said;
  window.setTimeout(() => { button.textContent = word; }, 1500);
}

for (const button of document.querySelectorAll("[data-copy-script]")) {
  button.hidden = false;
  button.addEventListener("click", () => copy(button));
}

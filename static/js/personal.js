/* Revealed personal data leave the page when their time is over, whether or not the server can be reached. */

const timers = new WeakMap();

function forget(panel) {
  for (const value of panel.querySelectorAll("[data-revealed]")) value.textContent = "***";
  if (panel.isConnected) panel.querySelector("[data-hide-now]")?.click();
}

function watch(root) {
  const panels = root.matches?.("[data-hide-after]") ? [root] : root.querySelectorAll("[data-hide-after]");
  for (const panel of panels) {
    if (timers.has(panel)) continue;
    timers.set(panel, setTimeout(() => forget(panel), Number(panel.dataset.hideAfter) * 1000));
  }
}

watch(document);
document.addEventListener("htmx:afterSettle", () => watch(document));
/* A page brought back from the browser's memory must not bring them back. */
window.addEventListener("pagehide", () => {
  for (const panel of document.querySelectorAll("[data-hide-after]")) {
    for (const value of panel.querySelectorAll("[data-revealed]")) value.textContent = "***";
  }
});

/* Which sections of the navigation somebody opened or closed stays so on this computer. The one with the current page
   is always open. */

const KEY = "kefudesk-navigation";

function remembered() {
  try { return JSON.parse(localStorage.getItem(KEY)) || {}; } catch (blocked) { return {}; }
}

for (const section of document.querySelectorAll("details[data-navigation]")) {
  const wanted = remembered()[section.dataset.navigation];
  if (wanted !== undefined && !section.querySelector(".active")) section.open = wanted;
  section.querySelector("summary").addEventListener("click", () => {
    // The click has not changed it yet.
    const choices = { ...remembered(), [section.dataset.navigation]: !section.open };
    try { localStorage.setItem(KEY, JSON.stringify(choices)); } catch (blocked) { console.warn("the navigation is not remembered", blocked); }
  });
}

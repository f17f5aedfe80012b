/* Sets the look before the first paint; loaded in the head, without defer, so that no light page flashes. */
(() => {
  const KEY = "kefudesk-theme";
  const dark = window.matchMedia("(prefers-color-scheme: dark)");
  const stored = () => {
    try { return localStorage.getItem(KEY) || "auto"; } catch (blocked) { return "auto"; }
  };
  const apply = () => {
    const choice = stored();
    const theme = choice === "auto" ? (dark.matches ? "dark" : "light") : choice;
    document.documentElement.setAttribute("data-bs-theme", theme);
    document.documentElement.dataset.themeChoice = choice;
    document.dispatchEvent(new CustomEvent("kefudesk:theme", { detail: theme }));
  };
  window.kefudeskTheme = {
    choose(choice) {
      // A browser that keeps nothing still changes this page.
      try { localStorage.setItem(KEY, choice); } catch (blocked) { console.warn("the look is not remembered", blocked); }
      apply();
    },
  };
  dark.addEventListener("change", apply);
  apply();
})();

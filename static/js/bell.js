/* The bell asks the server every half minute: not while nobody looks, and a screen reader hears only what is new. */

const spoken = document.createElement("div");
spoken.className = "visually-hidden";
spoken.setAttribute("role", "status");
document.body.append(spoken);

document.addEventListener("htmx:beforeRequest", (event) => {
  if (event.target.id === "bell" && document.hidden && event.target.dataset.count !== undefined) event.preventDefault();
});

document.addEventListener("htmx:beforeSwap", (event) => {
  const bell = event.detail.target;
  if (bell?.id !== "bell" || event.detail.xhr.status !== 200) return;
  const fresh = new DOMParser().parseFromString(event.detail.xhr.responseText, "text/html").getElementById("bell");
  if (!fresh) {
    // Signed out, or another page in its place: leave the bell as it is.
    event.detail.shouldSwap = false;
    return;
  }
  const polled = bell.getAttribute("hx-trigger") !== "load";
  if (polled && fresh.dataset.newest === bell.dataset.newest && fresh.dataset.count === bell.dataset.count) {
    event.detail.shouldSwap = false;
  } else if (polled && Number(fresh.dataset.newest) > Number(bell.dataset.newest)) {
    spoken.textContent = fresh.querySelector(".visually-hidden").textContent;
  }
});

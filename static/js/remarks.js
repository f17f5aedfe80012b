/* An order's remark: the countdown, copying its text, saving by key; and the progress of attachments. */

const two = (number) => String(number).padStart(2, "0");

function count() {
  for (const place of document.querySelectorAll("[data-countdown]")) {
    const left = Math.floor((new Date(place.dataset.countdown) - Date.now()) / 1000);
    place.textContent = left >= 0 ? `${two(Math.floor(left / 60))}:${two(left % 60)}` : `+${two(Math.floor(-left / 60))}:${two(-left % 60)}`;
    place.classList.toggle("worse", left < 0);
  }
}

/* The text is fetched when it is wanted: until then the page holds only the masked one. */
async function copy(button) {
  const token = JSON.parse(document.body.getAttribute("hx-headers"))["x-csrftoken"];
  const words = button.textContent;
  let done = false;
  try {
    const answer = await fetch(button.dataset.copyFrom, { method: "POST", headers: { "x-csrftoken": token } });
    if (answer.ok) {
      await navigator.clipboard.writeText(await answer.text());
      done = true;
    }
  } catch {
    done = false;
  }
  button.textContent = done ? button.dataset.copied : button.dataset.failed;
  setTimeout(() => { button.textContent = words; }, 2000);
}

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-copy-from]");
  if (button) copy(button);
});

document.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey)) return;
  const form = event.target.closest("[data-remark-form]");
  if (!form) return;
  event.preventDefault();
  form.requestSubmit(form.querySelector("[data-save]"));
});

document.addEventListener("htmx:xhr:progress", (event) => {
  const bar = event.target.closest("[data-attaching]")?.querySelector("progress");
  if (!bar || !event.detail.lengthComputable) return;
  bar.hidden = false;
  bar.value = (100 * event.detail.loaded) / event.detail.total;
});

/* What was refused is read first; a form just opened begins at its first field. */
document.addEventListener("htmx:afterSettle", () => {
  count();
  const refused = document.querySelector("[data-focus]");
  if (refused) refused.focus();
});

count();
setInterval(count, 1000);

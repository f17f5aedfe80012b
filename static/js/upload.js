/* Dropping files onto the form, and a progress bar while they go up. Without scripts the form works by itself. */

const form = document.querySelector("form[data-upload]");
const input = form.querySelector("input[type=file]");
const drop = form.querySelector("[data-drop]");
const button = form.querySelector("button:not([type=button])");
const progress = form.querySelector("[data-progress]");
const bar = progress.querySelector("progress");
const text = progress.querySelector("[data-progress-text]");
const error = form.querySelector("[data-error]");

function showChosen() {
  const items = [...input.files].map((file) => {
    const item = document.createElement("li");
    item.textContent = `${file.name} · ${(file.size / 1024 ** 2).toFixed(1)} MB`;
    return item;
  });
  form.querySelector("[data-chosen]").replaceChildren(...items);
}

function fail() {
  error.textContent = form.dataset.failed;
  error.hidden = false;
  progress.hidden = true;
  button.disabled = false;
}

/* The server answers with another page when the files are in, and with this form when something is wrong. */
function finish(request) {
  const same = new URL(request.responseURL).pathname === location.pathname;
  if (request.status === 200 && !same) {
    location.assign(request.responseURL);
    return;
  }
  const answer = new DOMParser().parseFromString(request.responseText, "text/html");
  const messages = [...answer.querySelectorAll("#upload [role=alert]:not([data-error])")].map((item) => item.textContent.trim());
  fail();
  if (request.status === 200 && messages.length) error.textContent = messages.join(" ");
}

function send(event) {
  event.preventDefault();
  const request = new XMLHttpRequest();
  request.open("POST", form.action || location.href);
  request.upload.addEventListener("progress", (step) => {
    if (!step.lengthComputable) return;
    const percent = Math.floor((100 * step.loaded) / step.total);
    bar.value = percent;
    text.textContent = percent < 100 ? `${percent}%` : text.dataset.reading;
  });
  request.addEventListener("load", () => finish(request));
  request.addEventListener("error", fail);
  request.addEventListener("abort", fail);
  error.hidden = true;
  progress.hidden = false;
  button.disabled = true;
  request.send(new FormData(form));
}

for (const kind of ["dragenter", "dragover"]) {
  drop.addEventListener(kind, (event) => {
    event.preventDefault();
    drop.classList.add("border-primary");
  });
}
for (const kind of ["dragleave", "drop"]) {
  drop.addEventListener(kind, (event) => {
    event.preventDefault();
    drop.classList.remove("border-primary");
  });
}
drop.addEventListener("drop", (event) => {
  if (!event.dataTransfer.files.length) return;
  input.files = event.dataTransfer.files;
  showChosen();
});
input.addEventListener("change", showChosen);
form.addEventListener("submit", send);

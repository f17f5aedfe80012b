/* The month's grid by keyboard and pointer. Cells are chosen as a rectangle from an anchor to the active cell; whatever
   is put into them is one block, saved by one request, whose answer brings all conflicts of the month. */

const table = document.getElementById("roster");
const words = document.getElementById("roster-words").dataset;
const palette = JSON.parse(document.getElementById("roster-palette").textContent);
const byCode = new Map(palette.map((choice) => [choice.code, choice]));
const byKey = new Map(palette.filter((choice) => choice.key).map((choice) => [choice.key.toLowerCase(), choice.code]));
const looks = palette.map((choice) => choice.look);
const days = [...table.tHead.rows[0].querySelectorAll("[data-day]")].map((head) => head.dataset.day);
const state = document.getElementById("roster-state");
const undone = [];
let anchor = null;
let active = null;
let copied = null;
let dragging = false;
let saving = Promise.resolve();
let unsaved = 0;
let numbered = 0;

const rows = () => [...table.tBodies[0].rows].filter((row) => !row.hidden);
const cellAt = (place) => rows()[place.row]?.cells[place.day + 1];
const placeOf = (cell) => ({ row: rows().indexOf(cell.parentElement), day: cell.cellIndex - 1 });
const isCell = (element) => element?.matches?.("td[role=gridcell]");

function chosen() {
  if (!active || !anchor) return [];
  const all = rows();
  const [top, bottom] = [anchor.row, active.row].sort((a, b) => a - b);
  const [first, last] = [anchor.day, active.day].sort((a, b) => a - b);
  return all.slice(top, bottom + 1).map((row) => [...row.cells].slice(first + 1, last + 2));
}

function choose(place, extend = false) {
  const last = { row: rows().length - 1, day: days.length - 1 };
  active = { row: Math.min(Math.max(place.row, 0), last.row), day: Math.min(Math.max(place.day, 0), last.day) };
  if (!extend || !anchor) anchor = active;
  for (const cell of table.querySelectorAll(".chosen")) {
    cell.classList.remove("chosen");
    cell.removeAttribute("aria-selected");
  }
  for (const cell of chosen().flat()) {
    cell.classList.add("chosen");
    cell.setAttribute("aria-selected", "true");
  }
  for (const cell of table.querySelectorAll("td[tabindex='0']")) cell.tabIndex = -1;
  const cell = cellAt(active);
  cell.tabIndex = 0;
  cell.focus({ preventScroll: true });
  cell.scrollIntoView({ block: "nearest", inline: "nearest" });
}

function show(cell, code) {
  const choice = byCode.get(code);
  cell.dataset.code = code;
  cell.classList.remove(...looks);
  if (choice) cell.classList.add(choice.look);
  cell.textContent = choice?.short ?? "";
  cell.title = choice?.name ?? "";
  const codes = [...cell.parentElement.querySelectorAll("td[role=gridcell]")].map((one) => one.dataset.code);
  const count = (wanted) => codes.filter(wanted).length;
  cell.parentElement.querySelector("[data-worked]").textContent = count((one) => /^s\d+$/.test(one));
  cell.parentElement.querySelector("[data-rests]").textContent = count((one) => one === "rest" || one === "holiday");
}

/* changes: [[cell, code]…]. Shown at once; put back where the server does not take them. */
function put(changes, remember = true) {
  const block = changes.filter(([cell, code]) => cell.dataset.code !== code);
  if (!block.length) return;
  const before = block.map(([cell]) => [cell, cell.dataset.code]);
  for (const [cell, code] of block) show(cell, code);
  if (remember) undone.push(before);
  state.textContent = words.saving;
  const number = ++numbered;
  unsaved += 1;
  // One after the other: what was put in later must be written later.
  saving = saving.then(() => save(block)).then((answer) => {
    unsaved -= 1;
    if (number === numbered) {
      showConflicts(answer.conflicts);
      state.textContent = words.saved;
    }
  }).catch(() => {
    unsaved -= 1;
    for (const [cell, code] of before) show(cell, code);
    if (remember) undone.splice(undone.indexOf(before), 1);
    state.textContent = words.failed;
  });
}

async function save(block) {
  const cells = block.map(([cell, code]) => [Number(cell.parentElement.dataset.agent), days[cell.cellIndex - 1], code]);
  const answer = await fetch(table.dataset.save, {
    method: "POST",
    headers: { "content-type": "application/json", ...JSON.parse(document.body.getAttribute("hx-headers")) },
    body: JSON.stringify({ month: table.dataset.month, cells }),
  });
  if (!answer.ok || answer.redirected) throw new Error(`${answer.status}`);
  return answer.json();
}

function showConflicts(conflicts) {
  for (const cell of table.querySelectorAll(".conflict")) {
    cell.classList.remove("conflict");
    cell.removeAttribute("aria-invalid");
    cell.title = byCode.get(cell.dataset.code)?.name ?? cell.dataset.title ?? "";
  }
  const list = document.getElementById("conflicts");
  list.replaceChildren(...conflicts.map(conflictLine));
  const count = document.getElementById("conflict-count");
  count.textContent = conflicts.length;
  count.classList.toggle("bg-red-lt", conflicts.length > 0);
  count.classList.toggle("bg-green-lt", conflicts.length === 0);
  document.getElementById("no-conflicts").hidden = conflicts.length > 0;
}

function conflictLine(conflict) {
  const marked = cellsOf(conflict);
  for (const cell of marked) {
    cell.classList.add("conflict");
    cell.setAttribute("aria-invalid", "true");
    cell.dataset.title ??= cell.tagName === "TH" ? cell.title : "";
    cell.title = cell.title ? `${cell.title}\n${conflict.text}` : conflict.text;
  }
  const line = document.createElement("li");
  const button = document.createElement("button");
  button.type = "button";
  button.textContent = conflict.text;
  button.dataset.kind = conflict.kind;
  button.addEventListener("click", () => {
    const row = rows().findIndex((one) => one.dataset.agent === String(conflict.agent));
    choose({ row: Math.max(row, 0), day: Math.max(days.indexOf(conflict.days[0]), 0) });
  });
  line.append(button);
  return line;
}

function cellsOf(conflict) {
  const places = conflict.days.map((day) => days.indexOf(day) + 1).filter((place) => place > 0);
  const row = conflict.agent === null
    ? table.tHead.rows[0]
    : table.tBodies[0].querySelector(`tr[data-agent="${conflict.agent}"]`);
  if (!row) return [];
  return places.length ? places.map((place) => row.cells[place]) : [row.cells[0]];
}

/* Keys */
const MOVES = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0] };

function moved(event) {
  if (event.key in MOVES) {
    const [row, day] = MOVES[event.key];
    choose({ row: active.row + row, day: active.day + day }, event.shiftKey);
  } else if (event.key === "Home") choose({ row: event.ctrlKey ? 0 : active.row, day: 0 }, event.shiftKey);
  else if (event.key === "End") choose({ row: event.ctrlKey ? rows().length : active.row, day: days.length }, event.shiftKey);
  else if (event.key === "Escape") choose(active);
  else return false;
  return true;
}

function commanded(event) {
  const key = event.key.toLowerCase();
  if (key === "c") {
    copied = chosen().map((row) => row.map((cell) => cell.dataset.code));
    state.textContent = words.copied;
  } else if (key === "v") {
    if (copied) put(pasted());
  } else if (key === "z") {
    const block = undone.pop();
    if (block) put(block, false);
  } else if (key === "a") {
    choose({ row: 0, day: 0 });
    choose({ row: rows().length, day: days.length }, true);
  } else return false;
  return true;
}

/* What was copied, from the top left of what is chosen on; repeated where more is chosen. */
function pasted() {
  const block = chosen();
  const all = rows();
  const top = all.indexOf(block[0][0].parentElement);
  const left = block[0][0].cellIndex;
  const height = Math.max(block.length, copied.length);
  const width = Math.max(block[0].length, copied[0].length);
  const changes = [];
  for (let row = 0; row < height; row += 1) {
    for (let day = 0; day < width; day += 1) {
      const cell = all[top + row]?.cells[left + day];
      if (isCell(cell)) changes.push([cell, copied[row % copied.length][day % copied[0].length]]);
    }
  }
  return changes;
}

table.addEventListener("keydown", (event) => {
  if (!isCell(event.target) || event.altKey) return;
  let done = true;
  if (event.ctrlKey || event.metaKey) done = moved(event) || commanded(event);
  else if (moved(event)) done = true;
  else if (event.key === "Delete" || event.key === "Backspace") fill("");
  else if (byKey.has(event.key.toLowerCase())) fill(byKey.get(event.key.toLowerCase()));
  else done = false;
  if (done) {
    event.preventDefault();
    event.stopPropagation();
  }
});

const fill = (code) => put(chosen().flat().map((cell) => [cell, code]));

/* Pointer: a drag chooses a block; on a touch screen a drag scrolls and a tap chooses. */
table.addEventListener("pointerdown", (event) => {
  const cell = event.target.closest("td, tbody th");
  if (!cell || event.button !== 0) return;
  if (cell.matches("tbody th")) {
    const row = rows().indexOf(cell.parentElement);
    choose({ row: event.shiftKey && anchor ? anchor.row : row, day: 0 });
    choose({ row, day: days.length }, true);
  } else if (isCell(cell)) {
    choose(placeOf(cell), event.shiftKey);
    dragging = event.pointerType !== "touch";
  }
  if (event.pointerType !== "touch") event.preventDefault();
});
table.addEventListener("pointerover", (event) => {
  const cell = event.target.closest("td");
  if (dragging && isCell(cell)) choose(placeOf(cell), true);
});
window.addEventListener("pointerup", () => { dragging = false; });
table.addEventListener("focusin", (event) => {
  if (isCell(event.target) && !event.target.classList.contains("chosen")) choose(placeOf(event.target));
});
document.querySelector(".roster-palette").addEventListener("click", (event) => {
  const button = event.target.closest("[data-code]");
  if (!button || !active) return;
  fill(button.dataset.code);
  cellAt(active).focus({ preventScroll: true });
});

/* Filling by a form: for the people chosen in the grid, if more than a cell is. */
function chosenPeople() {
  const block = chosen();
  return block.length > 1 || (block[0]?.length ?? 0) > 1 ? block.map((row) => row[0].parentElement) : [];
}
document.addEventListener("click", (event) => {
  const opener = event.target.closest("[data-open-dialog]");
  if (opener) {
    const dialog = document.getElementById(opener.dataset.openDialog);
    const people = chosenPeople();
    const whom = dialog.querySelector("[data-whom]");
    dialog.querySelector("[name$=agents]").value = people.map((row) => row.dataset.agent).join(",");
    const names = people.map((row) => row.querySelector(".who span").textContent).join(", ");
    whom.textContent = people.length ? whom.dataset.chosen.replace("%s", names) : whom.dataset.all;
    dialog.showModal();
  }
  event.target.closest("[data-close-dialog]")?.closest("dialog").close();
  if (event.target.closest("[data-publish]") && !window.confirm(words.publish)) event.preventDefault();
});
window.addEventListener("beforeunload", (event) => { if (unsaved) event.preventDefault(); });

for (const cell of table.querySelectorAll("td[role=gridcell]")) cell.tabIndex = -1;
const first = table.querySelector("td[role=gridcell]");
if (first) first.tabIndex = 0;
showConflicts(JSON.parse(document.getElementById("roster-conflicts").textContent));

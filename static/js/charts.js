/* Draws every [data-chart]: an element that names the json_script of its description.
   {kind: "trend"|"bars", measure, unit, currency, axis: [label…], series: [{name, role, person, values, href}], words}
   role: "person" (coloured), "team" (the reference line) or "rest" (grey). Values are null where unknown. */

const language = document.documentElement.lang;
const SYMBOLS = ["circle", "rect", "triangle", "diamond", "roundRect", "emptyCircle"];

const css = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

/* Colour and symbol of one of the six slots that kpis/charts.py hands out. */
export function personStyle(slot) {
  return { color: css(`--series-${slot}`), symbol: SYMBOLS[slot] };
}

function formatter(chart) {
  const whole = new Intl.NumberFormat(language, { maximumFractionDigits: 0 });
  const rate = new Intl.NumberFormat(language, { style: "percent", minimumFractionDigits: 1, maximumFractionDigits: 1 });
  const money = chart.currency && new Intl.NumberFormat(language, { style: "currency", currency: chart.currency, maximumFractionDigits: 0 });
  const compact = new Intl.NumberFormat(language, { notation: "compact", maximumFractionDigits: 1 });
  const full = (value) => {
    if (value === null || value === undefined || Number.isNaN(value)) return "—";
    if (chart.unit === "rate") return rate.format(value);
    if (chart.unit === "money") return money.format(value);
    if (chart.unit === "seconds") return chart.words.seconds.replace("{n}", whole.format(value));
    return whole.format(value);
  };
  const short = (value) => (chart.unit === "rate" ? rate.format(value) : compact.format(value));
  return { full, short };
}

function lineOf(series) {
  const base = { name: series.name, type: "line", data: series.values, connectNulls: false, emphasis: { focus: "series" } };
  if (series.role === "rest") {
    return { ...base, symbol: "none", silent: true, z: 1, lineStyle: { width: 1, color: css("--rest-line") }, itemStyle: { color: css("--rest-line") } };
  }
  if (series.role === "team") {
    return { ...base, symbol: "none", z: 4, lineStyle: { width: 2.5, type: [6, 4], color: css("--team-line") }, itemStyle: { color: css("--team-line") } };
  }
  const { color, symbol } = personStyle(series.person);
  return { ...base, symbol, symbolSize: 6, z: 3, lineStyle: { width: 2, color }, itemStyle: { color } };
}

function barsOf(series) {
  const color = series.role === "team" ? css("--rail-strong") : personStyle(series.person).color;
  return { name: series.name, type: series.role === "team" ? "bar" : "line", data: series.values, barWidth: "70%", symbolSize: 5, itemStyle: { color }, lineStyle: { color, width: 2 } };
}

function tooltipOf(chart, format) {
  const shown = chart.series.filter((series) => series.role !== "rest");
  return (points) => {
    const box = document.createElement("div");
    const index = points[0].dataIndex;
    const head = document.createElement("strong");
    head.textContent = chart.axis[index];
    box.append(head);
    const known = [...shown].sort((a, b) => (b.values[index] ?? -Infinity) - (a.values[index] ?? -Infinity));
    for (const series of known) {
      const line = document.createElement("div");
      line.className = "chart-tip";
      const dot = document.createElement("i");
      dot.style.background = series.role === "team" ? css("--team-line") : personStyle(series.person).color;
      const name = document.createElement("span");
      name.textContent = series.name;
      const value = document.createElement("b");
      value.textContent = format.full(series.values[index]);
      line.append(dot, name, value);
      box.append(line);
    }
    return box;
  };
}

function optionOf(chart, format) {
  const text = css("--chart-text");
  const narrow = window.innerWidth < 600;
  const named = chart.series.filter((series) => series.role !== "rest");
  return {
    animationDuration: 250,
    aria: { enabled: true },
    textStyle: { fontFamily: getComputedStyle(document.body).fontFamily, color: text },
    grid: { left: 8, right: narrow ? 20 : 36, top: narrow ? 76 : 60, bottom: 4, containLabel: true },
    legend: { top: 0, left: 0, type: "scroll", data: named.map((series) => series.name), textStyle: { color: text }, itemWidth: 26, icon: chart.kind === "bars" ? "roundRect" : undefined },
    tooltip: { trigger: "axis", confine: true, formatter: tooltipOf(chart, format), backgroundColor: css("--tip"), borderColor: css("--chart-grid"), textStyle: { color: text } },
    xAxis: { type: "category", data: chart.axis, name: "", boundaryGap: chart.kind === "bars", axisLabel: { color: text, hideOverlap: true, rotate: chart.kind === "bars" && narrow ? 60 : 0 }, axisLine: { lineStyle: { color: css("--chart-axis") } }, axisTick: { show: false } },
    yAxis: { type: "value", minInterval: chart.unit === "count" ? 1 : 0, name: chart.axis_name, nameLocation: "end", nameTextStyle: { color: text, align: "left", padding: [0, 0, 2, -24] }, scale: chart.unit === "rate" && chart.kind === "trend", axisLabel: { color: text, formatter: format.short }, splitLine: { lineStyle: { color: css("--chart-grid") } } },
    series: chart.series.map(chart.kind === "bars" ? barsOf : lineOf),
  };
}

/* The same values as text, for those who read rather than see, and for copying. */
function tableOf(chart, format) {
  const table = document.createElement("table");
  table.className = "table figures table-sm";
  const named = chart.series.filter((series) => series.role !== "rest");
  const row = (kind, first, cells) => {
    const line = document.createElement("tr");
    for (const [position, content] of [first, ...cells].entries()) {
      const cell = document.createElement(kind === "head" || position === 0 ? "th" : "td");
      cell.textContent = content;
      cell.scope = position === 0 && kind !== "head" ? "row" : "col";
      if (cell.tagName === "TD") cell.removeAttribute("scope");
      line.append(cell);
    }
    return line;
  };
  const head = table.createTHead();
  head.append(row("head", chart.words.axis, named.map((series) => series.name)));
  const body = table.createTBody();
  chart.axis.forEach((label, index) => body.append(row("body", label, named.map((series) => format.full(series.values[index])))));
  return table;
}

function setUp(element) {
  const chart = JSON.parse(document.getElementById(element.dataset.chart).textContent);
  const format = formatter(chart);
  const drawing = window.echarts.init(element, null, { renderer: "canvas" });
  const draw = () => drawing.setOption(optionOf(chart, format), true);
  draw();
  element.setAttribute("role", "img");
  element.setAttribute("aria-label", chart.title);
  new ResizeObserver(() => { drawing.resize(); draw(); }).observe(element);
  document.addEventListener("kefudesk:theme", draw);
  drawing.on("click", (point) => {
    const href = chart.series[point.seriesIndex]?.href;
    if (href) window.location.assign(href);
  });
  const button = document.querySelector(`[data-chart-table="${element.dataset.chart}"]`);
  button?.addEventListener("click", () => {
    const shown = button.getAttribute("aria-pressed") === "true";
    button.setAttribute("aria-pressed", !shown);
    const box = element.nextElementSibling;
    if (!box.firstChild) box.append(tableOf(chart, format));
    box.hidden = shown;
    element.hidden = !shown;
  });
}

function colourDots() {
  for (const dot of document.querySelectorAll("[data-person]")) dot.style.background = personStyle(Number(dot.dataset.person)).color;
}

document.querySelectorAll("[data-chart]").forEach(setUp);
colourDots();
document.addEventListener("kefudesk:theme", colourDots);
document.addEventListener("htmx:afterSettle", (event) => {
  event.target.querySelectorAll("[data-chart]:not([role=img])").forEach(setUp);
});

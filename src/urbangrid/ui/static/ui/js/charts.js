// Charts of 统计报表: drawn by ECharts on a canvas from the JSON beside them; the table has the same figures and is what keyboards and readers use.
// Without the library, or before it has come, the words and the table stand alone.
const LEAST_HEIGHT = 120, BAR_HEIGHT = 34, LINE_HEIGHT = 260;

function colour(name) {
  return getComputedStyle(document.documentElement).getPropertyValue(name).trim();
}

function look() {
  const ink = colour("--ug-ink-2"), line = colour("--ug-line");
  const now = { color: colour("--ug-accent") }, before = { color: colour("--ug-edge"), borderColor: ink, borderWidth: 1 };
  const label = { color: ink, fontSize: 12 };
  return { ink, line, now, before, label };
}

/** Options of horizontal bars, the first name on top: {names, now, before, words}. */
export function bars(data, drawn) {
  const series = (name, values, style, front) => ({
    name, type: "bar", data: values, itemStyle: style, barGap: "10%", barCategoryGap: "30%", cursor: "pointer",
    label: { show: front, position: "right", color: drawn.ink, fontSize: 12 },
  });
  return {
    grid: { left: 4, right: 40, top: 4, bottom: 4, containLabel: true, outerBoundsMode: "same" },
    xAxis: { type: "value", minInterval: 1, axisLabel: { show: false }, splitLine: { lineStyle: { color: drawn.line } } },
    yAxis: { type: "category", inverse: true, data: data.names, axisTick: { show: false }, axisLine: { lineStyle: { color: drawn.line } },
      axisLabel: { ...drawn.label, width: 110, overflow: "truncate" } },
    series: [series(data.words.now, data.now, drawn.now, true), series(data.words.before, data.before, drawn.before, false)],
  };
}

/** Options of two lines over the days. */
export function lines(data, drawn) {
  const series = (name, values, style, type) => ({
    name, type: "line", data: values, symbol: "circle", symbolSize: 5, itemStyle: style, lineStyle: { color: style.borderColor || style.color, type, width: 2 },
  });
  return {
    grid: { left: 4, right: 12, top: 12, bottom: 4, containLabel: true, outerBoundsMode: "same" },
    xAxis: { type: "category", data: data.names, axisLabel: drawn.label, axisLine: { lineStyle: { color: drawn.line } } },
    yAxis: { type: "value", minInterval: 1, axisLabel: drawn.label, splitLine: { lineStyle: { color: drawn.line } } },
    series: [series(data.words.now, data.now, drawn.now, "solid"), series(data.words.before, data.before, drawn.before, "dashed")],
  };
}

function draw(place) {
  const words = document.getElementById(place.dataset.chart);
  if (!words || !window.echarts) { place.hidden = true; return; }
  const data = JSON.parse(words.textContent), height = data.kind === "line" ? LINE_HEIGHT : Math.max(data.names.length * BAR_HEIGHT, LEAST_HEIGHT);
  place.style.height = `${height}px`;
  const chart = window.echarts.getInstanceByDom(place) || window.echarts.init(place, null, { renderer: "canvas" });
  chart.setOption({ animation: false, ...(data.kind === "line" ? lines : bars)(data, look()) }, true);
  chart.off("click");
  chart.on("click", (part) => { if (part.seriesIndex === 0 && data.lists[part.dataIndex]) location.assign(data.lists[part.dataIndex]); });
}

function start(root) {
  for (const place of root.querySelectorAll("[data-chart]")) draw(place);
  for (const field of root.querySelectorAll("[data-own-dates]")) field.onchange = () => { document.querySelector(field.dataset.ownDates).value = "own"; };
}

start(document);
document.addEventListener("htmx:afterSettle", (event) => start(event.detail.elt));
window.addEventListener("resize", () => { for (const place of document.querySelectorAll("[data-chart]")) window.echarts?.getInstanceByDom(place)?.resize(); });

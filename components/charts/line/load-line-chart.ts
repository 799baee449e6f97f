/** The code that draws lines: half of the page's, so that it comes when a chart is to be seen. */
export const loadLineChart = () => import("./line-chart.tsx").then((module) => module.LineChart);

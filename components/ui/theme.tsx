"use client";
import { Monitor, Moon, Sun } from "lucide-react";
import { useEffect } from "react";
import { Menu } from "./menu.tsx";
import { createStore, useStore } from "./store.ts";

export type Theme = "light" | "dark" | "system";

const storageName = "trialdeck.theme";
const theme = createStore<Theme>("system");

function applyTheme(choice: Theme): void {
  const dark = choice === "system" ? matchMedia("(prefers-color-scheme: dark)").matches : choice === "dark";
  document.documentElement.dataset.theme = dark ? "dark" : "light";
}

function chooseTheme(choice: Theme): void {
  localStorage.setItem(storageName, choice);
  theme.set(choice);
  applyTheme(choice);
}

/** The theme's menu: light, dark, or what the system says, also when that changes while the page is open. */
export function ThemeMenu() {
  const choice = useStore(theme);
  useEffect(() => {
    const stored = localStorage.getItem(storageName);
    theme.set(stored === "light" || stored === "dark" ? stored : "system");
    const media = matchMedia("(prefers-color-scheme: dark)");
    const follow = () => applyTheme(theme.get());
    media.addEventListener("change", follow);
    return () => media.removeEventListener("change", follow);
  }, []);
  const Picture = { light: Sun, dark: Moon, system: Monitor }[choice];
  return (
    <Menu
      label={`Theme: ${choice}`}
      icon={<Picture aria-hidden className="size-4" />}
      align="end"
      items={(["light", "dark", "system"] as const).map((one) => ({
        kind: "check" as const,
        label: { light: "Light", dark: "Dark", system: "As the system" }[one],
        checked: one === choice,
        onSelect: () => chooseTheme(one),
      }))}
    />
  );
}

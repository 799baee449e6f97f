import type { Page } from "playwright/test";

/** What had the focus, and whether a ring of the accent showed it, be it around. */
interface FocusSeen {
  stop: string;
  ringed: boolean;
}

declare global {
  interface Window {
    focusNotes?: {
      /** Forgets what was before, and reads what colour a ring has now. */
      begin(): void;
      /** What had the focus since this was asked last. */
      take(): FocusSeen[];
    };
  }
}

const pressesAtOnce = 16;

/** Presses Tab up to so many times and tells what each press led to. */
export async function* pressTab(page: Page, most: number): AsyncGenerator<FocusSeen> {
  await page.evaluate(noteFocus);
  await page.evaluate(() => window.focusNotes?.begin());
  const keyboard = await page.context().newCDPSession(page);
  const key = { key: "Tab", code: "Tab", windowsVirtualKeyCode: 9 };
  try {
    for (let pressed = 0; pressed < most; pressed += pressesAtOnce) {
      // The page takes them one after the other; nobody waits for each.
      const presses = Array.from({ length: pressesAtOnce }, () => [
        keyboard.send("Input.dispatchKeyEvent", { type: "rawKeyDown", ...key }),
        keyboard.send("Input.dispatchKeyEvent", { type: "keyUp", ...key }),
      ]);
      await Promise.all(presses.flat());
      yield* await page.evaluate(() => window.focusNotes?.take() ?? []);
    }
  } finally {
    await keyboard.detach();
  }
}

/** In the page: notes what each press of Tab leads to. */
function noteFocus(): void {
  if (window.focusNotes) return;
  let accent = "";
  let seen: FocusSeen[] = [];
  let isPressed = false;
  const look = () => {
    const focused = document.activeElement;
    if (!isPressed || !focused || focused === document.body) return;
    let ringed = false;
    for (let element: Element | null = focused, up = 0; element && up < 5; element = element.parentElement, up += 1) {
      const { outlineStyle, outlineColor, boxShadow } = getComputedStyle(element);
      ringed ||= (outlineStyle !== "none" && outlineColor === accent) || boxShadow.includes(accent);
    }
    const words = focused.getAttribute("aria-label") ?? focused.textContent?.slice(0, 40);
    seen.push({ stop: `${focused.tagName} ${words}`, ringed });
  };
  // Before a press moves it on, the focus is where the press before led to, and the page has taken notice of it.
  const onKeyDown = ({ key }: KeyboardEvent) => {
    if (key !== "Tab") return;
    look();
    isPressed = true;
  };
  window.addEventListener("keydown", onKeyDown, { capture: true });
  // A frame gets the presses that follow.
  window.addEventListener("blur", look);
  window.focusNotes = {
    begin() {
      const probe = document.body.appendChild(document.createElement("i"));
      probe.style.color = "var(--accent)";
      accent = getComputedStyle(probe).color;
      probe.remove();
      seen = [];
      isPressed = false;
    },
    take() {
      look();
      const taken = seen;
      seen = [];
      return taken;
    },
  };
}

/** Everything that Tab should reach, by kind and name. */
export function listStops(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const selector = "a[href], button, input, select, textarea, summary, [tabindex]";
    // A modal dialog makes what is behind it inert.
    const reachable = document.querySelector("dialog:modal") ?? document;
    const stops = [...reachable.querySelectorAll<HTMLElement>(selector)].filter(
      (element) =>
        element.tabIndex >= 0 &&
        !element.matches(":disabled") &&
        element.checkVisibility({ visibilityProperty: true }) &&
        element.getClientRects().length > 0,
    );
    return stops.map((stop) => `${stop.tagName} ${stop.getAttribute("aria-label") ?? stop.textContent?.slice(0, 40)}`);
  });
}

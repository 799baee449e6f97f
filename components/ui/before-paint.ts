/**
 * Runs before the first paint (with the page's nonce), so that no other theme and no other rail width flashes. Template quotes and no
 * arrow or ampersand on purpose: React escapes those in a script's text.
 */
export const beforePaint =
  "{const root=document.documentElement;let theme,rail;try{theme=localStorage.getItem(`trialdeck.theme`);rail=localStorage.getItem(`trialdeck.rail`)}catch{}" +
  "root.dataset.theme=theme===`light`||theme===`dark`?theme:matchMedia(`(prefers-color-scheme: dark)`).matches?`dark`:`light`;" +
  "root.dataset.rail=rail===`open`?`open`:`closed`}";

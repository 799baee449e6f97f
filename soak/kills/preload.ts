import { registerHooks } from "node:module";

/**
 * Loaded into a server by `--import` (never part of the product): in place of the journal and of what changes sources, each of which it wraps, come
 * those in which a process can be killed. All else is the server as it is.
 */
const dying = [
  { asked: "./journal.ts", by: "/lib/state/state.ts", instead: new URL("./dying-journal.ts", import.meta.url).href },
  {
    asked: "./change-source.ts",
    by: "/lib/sources/sources-thread.ts",
    instead: new URL("./dying-stores.ts", import.meta.url).href,
  },
];

registerHooks({
  resolve(specifier, context, next) {
    const found = dying.find(({ asked, by }) => specifier === asked && context.parentURL?.endsWith(by));
    return next(found?.instead ?? specifier, context);
  },
});

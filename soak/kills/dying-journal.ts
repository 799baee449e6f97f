import { openJournal as openRealJournal } from "../../lib/state/journal.ts";
import { pass } from "./executioner.ts";

/** The journal, at each of whose writes the process may be killed. */
export const openJournal: typeof openRealJournal = (...given) => {
  const journal = openRealJournal(...given);
  return {
    ...journal,
    begin(...args) {
      pass("before it is written down", null);
      journal.begin(...args);
      pass("written down", null);
    },
    keepReceipts(id, source, at, things) {
      const slot = things[0]?.store.startsWith("blobs:") ? "blobs" : "index";
      pass("before receipts are kept", slot);
      journal.keepReceipts(id, source, at, things);
      pass("receipts kept", slot);
    },
    settle(id, settled, ...rest) {
      const [first] = journal.items(id, (settled[0]?.ord ?? 0) - 1, 1);
      const slot = first?.of === "artifact" ? "blobs" : "index";
      pass("before outcomes are written down", slot);
      journal.settle(id, settled, ...rest);
      pass("a part done", slot);
    },
    finish(...args) {
      pass("before the end is written down", null);
      journal.finish(...args);
    },
  };
};

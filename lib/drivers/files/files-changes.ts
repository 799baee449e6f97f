import { setTimeout as sleep } from "node:timers/promises";
import type { SetAsideOutcome, SetAsideRequest, StoreChanges } from "../../contracts/changes.ts";
import type { BlobStat } from "../../contracts/driver.ts";
import { eachInOrder } from "../each-in-order.ts";
import { refused } from "./change-failures.ts";
import { isProof } from "./file-token.ts";
import type { InFolder } from "./held-folder.ts";
import { discardFile, lookBefore, moveAside, putFileBack } from "./move-files.ts";
import { inTrash } from "./trash-room.ts";

/** Longer than a file takes to come to rest on any file system. */
const longestRestMs = 3_000;
const atOnce = 16;

/**
 * Safe changes of a folder. A file is moved into the trash folder and looked at there: what was written to meanwhile is not what was asked for
 * and gets its name back. Nothing is ever moved over something.
 */
export function filesChanges(
  currentRoot: () => Promise<string>,
  stat: (path: string) => Promise<BlobStat | null>,
): StoreChanges {
  let turn: Promise<unknown> = Promise.resolve();

  /** Answers for each with the trash folder held. One call after the other, since the last thing that leaves that folder takes it away. */
  function eachInTrash<Item, Answer>(
    root: string,
    items: readonly Item[],
    answer: (item: Item, aside: InFolder) => Promise<Answer>,
    fail: (error: unknown) => Answer,
  ): Promise<Answer[]> {
    const answerAll = () =>
      inTrash(root, (aside) => eachInOrder(items, atOnce, (item) => answer(item, aside).catch(fail)));
    const done = turn.then(answerAll).catch((error) => items.map(() => fail(error)));
    turn = done;
    return done;
  }

  async function setAside(
    requests: readonly SetAsideRequest[],
    keep: Parameters<StoreChanges["setAside"]>[1],
  ): Promise<SetAsideOutcome[]> {
    const root = await currentRoot();
    const looks = await eachInOrder(requests, atOnce, (request) => lookBefore(root, request).catch(refused));
    const receipts = looks.flatMap((look) => ("receipt" in look && look.receipt !== null ? [look.receipt] : []));
    if (receipts.length > 0) await keep(receipts);
    const toMove = requests.filter((_, index) => "receipt" in (looks[index] ?? {}));
    const moved = await eachInTrash(root, toMove, (request, aside) => moveAside(root, request, aside), refused);
    return looks.map((look) => ("receipt" in look ? (moved.shift() as SetAsideOutcome) : look));
  }

  return {
    async stat(locators) {
      const found = await eachInOrder(locators, 100, (path) => statAtRest(stat, path));
      return found.map((file) => file && { token: file.token, bytes: file.bytes, expiresAt: null });
    },
    setAside,
    async putBack(receipts) {
      const root = await currentRoot();
      return eachInTrash(root, receipts, (receipt, aside) => putFileBack(root, receipt, aside), refused);
    },
    async discard(receipts) {
      const root = await currentRoot();
      return eachInTrash(root, receipts, (receipt, aside) => discardFile(root, receipt, aside), refused);
    },
  };
}

/** What a file is once its token stands for one content; one that is written all the time may have none. */
async function statAtRest(stat: (path: string) => Promise<BlobStat | null>, path: string): Promise<BlobStat | null> {
  const until = performance.now() + longestRestMs;
  let found = await stat(path);
  while (found !== null && !isProof(found.token) && performance.now() < until) {
    await sleep(10);
    found = await stat(path);
  }
  return found;
}

import { openFilesDriver } from "../files-driver.ts";

/** Sets one file aside in a process of its own, which may be another user's, and prints what came of it. */
const [root = "", path = ""] = process.argv.slice(2);
const { changes } = await openFilesDriver({ path: root, mayChange: true });
const [thing] = (await changes?.stat([path])) ?? [];
const request = { locator: path, token: thing?.token ?? "", receiptId: "apart" };
const [answer] = (await changes?.setAside([request], async () => undefined)) ?? [];
const failure = answer && "failure" in answer ? answer.failure : null;
process.stdout.write(
  JSON.stringify({
    outcome: answer?.outcome,
    code: failure?.code,
    message: failure?.message,
    remedy: failure?.remedy,
  }),
);

import { get } from "node:http";

/**
 * So many live streams of a server, in a process of their own: `node viewers.ts <origin> <token> <count>`. Prints `ready` when all are open, and what
 * they heard, in events, when standard input ends.
 */
const [origin, token, count] = process.argv.slice(2);
let open = 0;
let heard = 0;
for (let viewer = 0; viewer < Number(count); viewer += 1) {
  get(`${origin}/api/v1/events`, { agent: false, headers: { authorization: `Bearer ${token}` } }, (response) => {
    if (response.statusCode !== 200) throw new Error(`A stream was answered ${response.statusCode}.`);
    open += 1;
    if (open === Number(count)) process.stdout.write("ready\n");
    response.setEncoding("utf8").on("data", (text: string) => {
      heard += text.split("\nid: ").length - 1 + (text.startsWith("id: ") ? 1 : 0);
    });
  });
}
process.stdin.resume().once("end", () => {
  process.stdout.write(`${heard}\n`);
  process.exit(0);
});

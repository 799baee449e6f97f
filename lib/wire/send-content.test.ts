import { expect, it } from "vitest";
import { sendContent } from "./send-content.ts";

const bytes = new TextEncoder().encode("0123456789");

function content(name: string, mediaType: string) {
  return {
    name,
    mediaType,
    bytes: bytes.length,
    modifiedAt: 0,
    token: "t",
    async *read(start: number, end: number) {
      yield bytes.subarray(start, end + 1);
    },
  };
}
const ask = (headers: Record<string, string> = {}) => new Request("http://h/x", { headers });

it("gives all of it, or the range asked for", async () => {
  const whole = sendContent(ask(), content("a.txt", "text/plain"));
  expect([whole.status, await whole.text()]).toEqual([200, "0123456789"]);
  for (const [range, text, told] of [
    ["bytes=2-4", "234", "bytes 2-4/10"],
    ["bytes=7-", "789", "bytes 7-9/10"],
    ["bytes=-2", "89", "bytes 8-9/10"],
    ["bytes=8-99", "89", "bytes 8-9/10"],
  ] as const) {
    const part = sendContent(ask({ range }), content("a.txt", "text/plain"));
    expect([part.status, await part.text(), part.headers.get("content-range")]).toEqual([206, text, told]);
  }
});

it("takes a range that it does not know for none, and refuses one outside", async () => {
  for (const range of ["lines=1-2", "bytes=0-1,3-4", "bytes=-", "bytes=a-b"]) {
    expect(sendContent(ask({ range }), content("a.txt", "text/plain")).status).toBe(200);
  }
  expect(() => sendContent(ask({ range: "bytes=99-" }), content("a.txt", "text/plain"))).toThrow(
    expect.objectContaining({ code: "bad_request" }),
  );
});

it("shows only what is safe to show", () => {
  const look = (mediaType: string) => {
    const { headers } = sendContent(ask(), content("a", mediaType));
    return [
      headers.get("content-type"),
      headers.get("content-disposition")?.split(";")[0],
      headers.get("content-security-policy")?.split(";")[0],
    ];
  };
  expect(look("image/png")).toEqual(["image/png", "inline", "sandbox"]);
  expect(look("text/html")).toEqual(["text/html; charset=utf-8", "inline", "sandbox allow-scripts"]);
  expect(look("image/svg+xml")).toEqual(["image/svg+xml", "inline", "sandbox"]);
  expect(look("application/javascript")).toEqual(["application/octet-stream", "attachment", "sandbox"]);
});

it("saves a page that is opened by itself, and shows it in a frame", () => {
  const told = (dest: string, mediaType = "text/html") =>
    sendContent(ask({ "sec-fetch-dest": dest }), content("a", mediaType))
      .headers.get("content-disposition")
      ?.split(";")[0];
  expect([told("document"), told("iframe"), told("document", "image/svg+xml")]).toEqual([
    "attachment",
    "inline",
    "inline",
  ]);
});

it("keeps the end of a long name", () => {
  const { headers } = sendContent(ask(), content(`${"x".repeat(300)}.pkl`, "application/x-python-pickle"));
  expect(headers.get("content-disposition")).toMatch(/filename="x{196}\.pkl"/);
});

it("keeps a hostile name out of the headers", () => {
  const { headers } = sendContent(ask(), content('x/a"\r\nset-cookie: b=1\u202e\ud800.png', "image/png"));
  const disposition = headers.get("content-disposition") ?? "";
  expect(disposition).not.toMatch(/[\r\n\u202e]|" *;.*set-cookie: /);
  expect(headers.get("set-cookie")).toBeNull();
});

import type { ServerResponse } from "node:http";

const carrier = "x-trialdeck-encoding";

/**
 * Next drops `content-encoding` from what a route answers, so it travels under another name and is put back where the answer leaves the server.
 * `no-transform` keeps Next from compressing a second time.
 */
export function carryEncoding(headers: Record<string, string>, encoding: string): Record<string, string> {
  const { "cache-control": control, vary } = headers;
  return {
    ...headers,
    [carrier]: encoding,
    "cache-control": `${control}, no-transform`,
    vary: `${vary}, Accept-Encoding`,
  };
}

/** To be called before the answer is begun. */
export function restoreEncoding(response: ServerResponse): void {
  const writeHead = response.writeHead;
  response.writeHead = ((...head: Parameters<typeof writeHead>) => {
    const encoding = response.getHeader(carrier);
    if (encoding !== undefined) {
      response.removeHeader(carrier);
      response.setHeader("content-encoding", encoding);
    }
    return writeHead.apply(response, head);
  }) as typeof writeHead;
}

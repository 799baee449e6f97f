/** Sends a browser on, with cookies to keep. */
export function goTo(location: string, cookies: readonly string[] = []): Response {
  const headers = new Headers({ location, "cache-control": "no-store" });
  for (const cookie of cookies) headers.append("set-cookie", cookie);
  return new Response(null, { status: 303, headers });
}

/** For a person in a browser, instead of a failure as JSON. */
export function goToPagesInstead(request: Request, location: string): Response | null {
  return request.headers.get("accept")?.includes("text/html") ? goTo(location) : null;
}

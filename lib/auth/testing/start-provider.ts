import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import Provider, { type KoaContextWithOIDC } from "oidc-provider";

/** Who is known to the provider, with their groups. */
const people: Record<string, string[]> = { ana: ["wine"], otto: ["wine", "keepers"], eve: [] };

/** A real OpenID provider on a free port, which lets in whoever says a name. `redirect`: where it may send people back to. */
export async function startProvider(redirect: string) {
  const server: Server = createServer((request, response) => void handle(request, response));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const scope = "openid profile email groups";
  const provider = new Provider(issuer, {
    clients: [{ client_id: "trialdeck", client_secret: "a-client-secret", redirect_uris: [redirect] }],
    claims: { openid: ["sub"], email: ["email"], groups: ["groups"] },
    cookies: { keys: ["a-key-of-the-provider"] },
    pkce: { required: () => true },
    async findAccount(_context, id) {
      return { accountId: id, claims: async () => ({ sub: id, email: `${id}@lab.test`, groups: people[id] ?? [] }) };
    },
    async loadExistingGrant({ oidc }: KoaContextWithOIDC) {
      const grant = new provider.Grant({ clientId: "trialdeck", accountId: oidc.session?.accountId ?? "" });
      grant.addOIDCScope(scope);
      await grant.save();
      return grant;
    },
  });
  const handle = provider.callback();
  return {
    issuer,
    scopes: scope.split(" "),
    /** Walks through the provider as a browser would, as this person. Answers where it sends them back to. */
    async signInAs(name: string, location: string): Promise<string> {
      const jar = new Map<string, string>();
      const ask = async (url: string, body?: URLSearchParams) => {
        const cookie = [...jar].map(([key, value]) => `${key}=${value}`).join("; ");
        const answer = await fetch(url, {
          redirect: "manual",
          headers: { cookie },
          ...(body && { method: "POST", body }),
        });
        for (const set of answer.headers.getSetCookie()) {
          const [key = "", value = ""] = (set.split(";")[0] ?? "").split("=");
          jar.set(key, value);
        }
        return new URL(answer.headers.get("location") ?? url, url).href;
      };
      let at = await ask(location);
      for (let turn = 0; turn < 6 && at.startsWith(issuer); turn += 1) {
        const isForm = new URL(at).pathname.startsWith("/interaction/");
        at = await ask(at, isForm ? new URLSearchParams({ prompt: "login", login: name, password: "any" }) : undefined);
      }
      return at;
    },
    close: () => new Promise((resolve) => server.close(resolve)),
  };
}

import { lookup } from "node:dns/promises";
import { connect, isIP } from "node:net";
import { connect as connectSecurely, type PeerCertificate } from "node:tls";
import { type CheckFinding, failed, passed, warned } from "../contracts/check.ts";
import { isForbiddenAddress } from "./forbidden-addresses.ts";

export interface HostProbe {
  host: string;
  port: number;
  /** Speaks TLS from the first byte; with the name and authorities to trust, where they are other than usual. */
  tls?: { servername?: string; ca?: string } | undefined;
  /** Milliseconds that connecting once may take. */
  timeoutMs?: number;
}

const probes = 5;
const soonDays = 21;
const dayMillis = 24 * 3600 * 1000;

/** Whether a store may stand at this host: it has an address, and none that leads to the machine's metadata. */
export async function checkHost(host: string): Promise<CheckFinding> {
  const found = await lookup(host, { all: true }).catch(() => []);
  if (found.length === 0)
    return failed(`${host} is not known`, "Correct the host's name, or the name server's answer.");
  const addresses = found.map(({ address }) => address);
  if (addresses.some(isForbiddenAddress))
    return failed(`${host} is a link-local or metadata address`, "Name the store's own host.");
  return passed(`${host} is ${addresses.slice(0, 3).join(", ")}`);
}

/** Connects five times, and says how long that took. With TLS the certificate is told too. Rejects with the error of the socket. */
export async function checkReach(probe: HostProbe): Promise<CheckFinding> {
  const took: number[] = [];
  let certificate: PeerCertificate | null = null;
  for (let attempt = 0; attempt < probes; attempt += 1) {
    const begun = performance.now();
    certificate = await connectOnce(probe);
    took.push(performance.now() - begun);
  }
  took.sort((a, b) => a - b);
  const [p50, p95] = [took[Math.floor(probes / 2)]!, took.at(-1)!];
  const times = `Connecting takes ${p50.toFixed(1)} ms (p50), ${p95.toFixed(1)} ms (p95)`;
  if (!certificate) return passed(times);
  const days = Math.floor((Date.parse(certificate.valid_to) - Date.now()) / dayMillis);
  if (days < soonDays) return warned(`${times}; its certificate ends in ${days} days`, "Renew the certificate.");
  return passed(`${times}; its certificate is good for ${days} days`);
}

function connectOnce({ host, port, tls, timeoutMs = 3_000 }: HostProbe): Promise<PeerCertificate | null> {
  return new Promise((resolve, reject) => {
    const settle = () => {
      // The name may have led elsewhere than a moment ago.
      if (isForbiddenAddress(socket.remoteAddress ?? "")) {
        socket.destroy(Object.assign(new Error("EHOSTUNREACH"), { code: "EHOSTUNREACH" }));
        return;
      }
      const certificate = secure?.getPeerCertificate() ?? null;
      socket.destroy();
      resolve(certificate);
    };
    const secure = tls
      ? connectSecurely({ host, port, ...(isIP(host) ? {} : { servername: host }), ...tls }, settle)
      : null;
    const socket = secure ?? connect({ host, port }, settle);
    socket.once("error", reject);
    // A store without TLS says nothing to its greeting, so that there is no other sign of it.
    const late = secure ? "TLS handshake timed out" : "ETIMEDOUT";
    socket.setTimeout(timeoutMs, () => socket.destroy(Object.assign(new Error(late), { code: "ETIMEDOUT" })));
  });
}

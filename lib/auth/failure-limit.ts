import { AppError } from "../domain/errors.ts";

/** Addresses that are remembered; the one that failed longest ago is forgotten first. */
const mostAddresses = 10_000;

export interface FailureLimit {
  /** Throws `too_many` for an address that has failed too often of late. */
  check(address: string | null): void;
  note(address: string | null): void;
}

/** A coarse limit of failures by address; an IPv6 address counts as its network, since one person has all of that. */
export function createFailureLimit(most: number, perMillis: number, now: () => number): FailureLimit {
  const failures = new Map<string, { since: number; count: number }>();
  const nameOf = (address: string | null) =>
    address?.includes(":") && !address.startsWith("::ffff:")
      ? address.split(":").slice(0, 4).join(":")
      : (address ?? "unknown");
  return {
    check(address) {
      const known = failures.get(nameOf(address));
      if (!known || known.count < most || now() - known.since >= perMillis) return;
      const seconds = Math.ceil((known.since + perMillis - now()) / 1000);
      throw new AppError("too_many", "Signing in failed too often from this address.", {
        remedy: `Try again in ${seconds} s.`,
        details: { retryAfterSeconds: seconds },
      });
    },
    note(address) {
      const name = nameOf(address);
      const known = failures.get(name);
      const isRecent = known !== undefined && now() - known.since < perMillis;
      failures.delete(name);
      failures.set(name, isRecent ? { ...known, count: known.count + 1 } : { since: now(), count: 1 });
      const [oldest] = failures.keys();
      if (failures.size > mostAddresses && oldest !== undefined) failures.delete(oldest);
    },
  };
}

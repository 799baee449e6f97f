import { AppError, type ErrorCode, isAppError } from "../../domain/errors.ts";

interface Rule {
  matches: RegExp;
  code: ErrorCode;
  says: string | ((match: RegExpExecArray) => string);
  remedy: string | ((match: RegExpExecArray) => string);
}

/** What a server, a socket or TLS says, in the product's words; the first that matches counts. */
const rules: readonly Rule[] = [
  {
    matches: /^NOAUTH|Authentication required/i,
    code: "forbidden",
    says: "it demands a password",
    remedy: "Put user and password into the source's settings.",
  },
  {
    matches: /^WRONGPASS|invalid password|invalid username-password/i,
    code: "forbidden",
    says: "user or password is wrong",
    remedy: "Correct user and password in the source's settings.",
  },
  {
    matches: /^NOPERM.*?'([\w|]+)' command/is,
    code: "forbidden",
    says: ([, command]) => `the user lacks the right to ${command?.toUpperCase()}`,
    remedy: ([, command]) => `Grant it: ACL SETUSER <user> +${command?.toLowerCase()}`,
  },
  {
    matches: /^NOPERM.*channel/is,
    code: "forbidden",
    says: "the user may not listen to this channel",
    remedy: "Grant it: ACL SETUSER <user> &<channel pattern>",
  },
  {
    matches: /^NOPERM|No permissions to access/i,
    code: "forbidden",
    says: "the user may not read or change some of the keys",
    remedy: "Grant it: ACL SETUSER <user> ~<key pattern>, or %R~<key pattern> for reading alone",
  },
  {
    matches: /^READONLY/i,
    code: "forbidden",
    says: "it is a replica, which takes no changes",
    remedy: "Open the primary instead.",
  },
  {
    matches: /^OOM/i,
    code: "source_unavailable",
    says: "its memory is full",
    remedy: "Raise maxmemory or remove something else, then ask again.",
  },
  {
    matches: /^(MISCONF|NOREPLICAS)/i,
    code: "source_unavailable",
    says: "it takes no changes now, since it cannot save or copy them",
    remedy: "Mend the disk or the replicas of the Redis, then ask again.",
  },
  {
    matches: /^DENIED|protected mode/i,
    code: "forbidden",
    says: "it runs in protected mode and refuses connections from elsewhere",
    remedy: "Give the Redis a password, or connect from its own machine.",
  },
  {
    matches: /^(LOADING|MASTERDOWN)/i,
    code: "source_unavailable",
    says: "it is still loading its data",
    remedy: "Wait; it is tried again by itself.",
  },
  {
    matches: /^BUSY/i,
    code: "source_timeout",
    says: "it is busy with a script",
    remedy: "Wait for the script or stop it; it is tried again by itself.",
  },
  {
    matches: /max number of clients/i,
    code: "source_unavailable",
    says: "it accepts no more connections",
    remedy: "Raise maxclients or close other clients; it is tried again by itself.",
  },
  {
    matches: /^(MOVED|ASK|CROSSSLOT|CLUSTERDOWN)/i,
    code: "unsupported",
    says: "it is part of a cluster",
    remedy: "Name a Redis that is not in cluster mode.",
  },
  {
    matches: /DB index is out of range|SELECT is not allowed/i,
    code: "bad_request",
    says: "it has no database of this number",
    remedy: "Correct the number after the / in the source's address.",
  },
  {
    matches: /TLS handshake timed out/,
    code: "source_timeout",
    says: "it does not answer in time",
    remedy: "Check the network, and write redis:// if this port does not speak TLS; it is tried again by itself.",
  },
  {
    matches: /Command timed out|ETIMEDOUT|handshake timed out/i,
    code: "source_timeout",
    says: "it does not answer in time",
    remedy: "Check whether the Redis hangs or the network is slow; it is tried again by itself.",
  },
  {
    matches: /ECONNREFUSED/,
    code: "source_unavailable",
    says: "nothing listens at this address",
    remedy: "Start the Redis or correct host and port; it is tried again by itself.",
  },
  {
    matches: /ENOTFOUND|EAI_AGAIN/,
    code: "source_unavailable",
    says: "the host's name is not known",
    remedy: "Correct the host; it is tried again by itself.",
  },
  {
    matches: /EHOSTUNREACH|ENETUNREACH|EADDRNOTAVAIL/,
    code: "source_unavailable",
    says: "there is no way to this host",
    remedy: "Check the network; it is tried again by itself.",
  },
  {
    matches: /CERT_HAS_EXPIRED/,
    code: "source_unavailable",
    says: "its TLS certificate has expired",
    remedy: "Renew the certificate of the Redis.",
  },
  {
    matches: /ALTNAME_INVALID/,
    code: "source_unavailable",
    says: "its TLS certificate is for another name",
    remedy: "Use the name in the certificate as host.",
  },
  {
    matches: /SELF_SIGNED|UNABLE_TO_VERIFY|UNABLE_TO_GET_ISSUER|CERT_/,
    code: "source_unavailable",
    says: "its TLS certificate is not trusted",
    remedy:
      "Name the certificate file (PEM) of its authority as redis: {caFile: …} of the source, or in NODE_EXTRA_CA_CERTS at the start.",
  },
  {
    matches: /ERR_SSL|EPROTO|wrong version number/i,
    code: "source_unavailable",
    says: "TLS cannot be agreed on",
    remedy: "Write redis:// if this port does not speak TLS.",
  },
];

/** A failure of Redis, its socket or its client as an `AppError`; credentials and commands' arguments stay out of it. */
export function redisFailure(location: string, error: unknown): AppError {
  if (isAppError(error)) return error;
  const text = textOf(error);
  // The client hangs a command's arguments, AUTH's among them, on its errors.
  const cause = new Error(text);
  for (const rule of rules) {
    const match = rule.matches.exec(text);
    if (match === null) continue;
    const say = (words: Rule["says"]) => (typeof words === "string" ? words : words(match));
    return new AppError(rule.code, `redis ${location}: ${say(rule.says)}`, { remedy: say(rule.remedy), cause });
  }
  if (isReply(error)) {
    return new AppError("unsupported", `redis ${location}: it refuses a command`, {
      remedy: "Check that the server is a Redis 6 or newer, or compatible.",
      cause,
    });
  }
  return new AppError("source_unavailable", `redis ${location}: the connection was lost`, {
    remedy: "Check that the Redis runs, and write rediss:// if it speaks TLS; it is tried again by itself.",
    cause,
  });
}

/** True for an error that the server replied, as opposed to a lost connection. */
export function isReply(error: unknown): boolean {
  return error instanceof Error && error.name === "ReplyError";
}

/** Code and message, since system errors of several addresses carry the code alone. */
function textOf(error: unknown): string {
  if (!(error instanceof Error)) return "unknown error";
  const code = "code" in error && typeof error.code === "string" && !isReply(error) ? `${error.code} ` : "";
  return `${code}${error.message}`;
}

/** Why the server would not even queue a command: EXEC itself says only that it did not. */
export function refusalOf(error: unknown): unknown {
  const [first] = (error as { previousErrors?: unknown[] }).previousErrors ?? [];
  return first ?? error;
}

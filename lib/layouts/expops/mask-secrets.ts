import { isScalar, parseDocument, visit } from "yaml";

export const maskedValue = "••••••";

const secretName =
  /(?:^|[._-])(?:password|passwd|passphrase|secret|secret_?key|api_?key|private_?key|access_?key|(?:auth|access|api|bearer|refresh|secret)_?token)$|^token$/i;

/** A name whose value is never shown. (`max_tokens` and `pad_token` are ordinary params.) */
export function isSecretName(name: string): boolean {
  return secretName.test(name);
}

/**
 * A config as text with the values of secret names masked; all else, comments included, stays as it was.
 * Text that is no valid YAML is masked line by line.
 */
export function maskSecrets(text: string): string {
  const ranges = findSecretRanges(text);
  if (!ranges) return maskLines(text);
  let masked = "";
  let from = 0;
  for (const [start, end] of ranges) {
    // A block value reaches to the end of its last line.
    masked += `${text.slice(from, start)}"${maskedValue}"${text.slice(start, end).endsWith("\n") ? "\n" : ""}`;
    from = end;
  }
  return masked + text.slice(from);
}

function findSecretRanges(text: string): [number, number][] | null {
  try {
    const document = parseDocument(text, {
      schema: "failsafe",
      uniqueKeys: false,
      logLevel: "silent",
      prettyErrors: false,
    });
    if (document.errors.length > 0) return null;
    const ranges: [number, number][] = [];
    visit(document, {
      Pair: (_, { key, value }) => {
        const isSecret = isScalar(key) && isSecretName(String(key.value));
        if (isSecret && isScalar(value) && value.range && value.value !== "")
          ranges.push([value.range[0], value.range[1]]);
      },
    });
    return ranges;
  } catch {
    return null;
  }
}

function maskLines(text: string): string {
  return text.replace(/^([ \t-]*["']?([\w.-]+)["']?[ \t]*:[ \t]*)\S.*$/gm, (line, head: string, name: string) =>
    isSecretName(name) ? `${head}"${maskedValue}"` : line,
  );
}

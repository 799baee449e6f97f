import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { expect, it } from "vitest";
import { describeSettingsFile } from "./settings-schema.ts";

it("is kept for editors as it is: `trialdeck schema > docs/trialdeck.schema.json` brings it up to date", () => {
  const kept = readFileSync(resolve(import.meta.dirname, "../../docs/trialdeck.schema.json"), "utf8");
  expect(JSON.parse(kept)).toEqual(describeSettingsFile());
});

it("describes every field", () => {
  const bare = Object.entries(fieldsOf(describeSettingsFile(), "")).filter(([, field]) => !field.description);
  expect(bare).toEqual([]);
});

interface Field {
  description?: string;
  properties?: Record<string, Field>;
  items?: Field;
}

/** Every field at any depth, by its path. */
function fieldsOf({ properties = {}, items }: Field, path: string): Record<string, Field> {
  const below = items ? fieldsOf(items, `${path}[]`) : {};
  for (const [name, field] of Object.entries(properties))
    Object.assign(below, { [`${path}.${name}`]: field }, fieldsOf(field, `${path}.${name}`));
  return below;
}

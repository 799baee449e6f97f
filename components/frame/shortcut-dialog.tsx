"use client";
import { Dialog } from "../ui/dialog.tsx";
import { Checkbox } from "../ui/input.tsx";
import { chooseSingleKeys, type Shortcut, shortcuts, singleKeys } from "../ui/shortcuts.ts";
import { useStore } from "../ui/store.ts";

/** Every shortcut of the page that is open, and the switch for single keys. */
export function ShortcutDialog({ onClose }: { onClose(): void }) {
  const list = useStore(shortcuts);
  const on = useStore(singleKeys);
  const groups = new Map<string, Map<string, Shortcut>>([
    ["Anywhere", new Map()],
    ["Go to", new Map()],
  ]);
  for (const shortcut of list) {
    const group = groups.get(shortcut.group) ?? new Map<string, Shortcut>();
    groups.set(shortcut.group, group.set(shortcut.keys, shortcut));
  }
  return (
    <Dialog title="Keyboard" onClose={onClose}>
      <div className="columns-2 gap-8 max-md:columns-1">
        {[...groups].map(([group, items]) => (
          <section key={group} className="mb-4 break-inside-avoid">
            <h3 className="mb-1 text-label font-semibold text-quiet">{group}</h3>
            <dl>
              {[...items.values()].map(({ keys, label }) => (
                <div key={keys} className="flex items-center justify-between gap-4 py-0.5">
                  <dt>{label}</dt>
                  <dd className="m-0 flex gap-1">
                    <Keys keys={keys} />
                  </dd>
                </div>
              ))}
            </dl>
          </section>
        ))}
      </div>
      <label htmlFor="single-keys" className="flex items-center gap-2 border-t border-line pt-3">
        <Checkbox id="single-keys" checked={on} onChange={(event) => chooseSingleKeys(event.target.checked)} />
        Single keys act (off: only Ctrl chords, arrows, Enter and Esc)
      </label>
    </Dialog>
  );
}

function Keys({ keys }: { keys: string }) {
  return keys.split(/[ +]/).map((key) => (
    <kbd key={key} className="min-w-5 rounded-sm border border-line bg-frame px-1 text-center font-sans text-label">
      {key.length === 1 && keys.includes("+") ? key.toUpperCase() : key}
    </kbd>
  ));
}

"use client";
import { ListTree, X } from "lucide-react";
import { useState } from "react";
import type { Source } from "../../lib/domain/source.ts";
import { Button } from "../ui/button.tsx";
import { Dialog } from "../ui/dialog.tsx";
import { NameText } from "../ui/names.tsx";
import { CacheTree } from "./cache-tree.tsx";
import type { TreePart } from "./tree-place.ts";

interface PlaceProps {
  place: readonly TreePart[];
  onPlace(place: readonly TreePart[]): void;
}

/** The place that the table is limited to; pressing it shows everything again. */
export function ChosenPlace({ place, onPlace }: PlaceProps) {
  if (place.length === 0) return null;
  return (
    <button
      type="button"
      aria-label="Show the entries of every source"
      data-tip="Show the entries of every source"
      onClick={() => onPlace([])}
      className="flex h-6 max-w-full min-w-0 items-center gap-1 rounded-full border border-line px-2 text-label text-ink hover:bg-hover"
    >
      only <NameText name={place.map(({ label }) => label).join(" ▸ ")} tail={16} />
      <X aria-hidden className="size-3.5 shrink-0 text-quiet" />
    </button>
  );
}

/** The way into the tree where the window is too narrow to show it beside the table. */
export function BrowseButton({ sources, place, onPlace }: PlaceProps & { sources: readonly Source[] }) {
  const [open, setOpen] = useState(false);
  return (
    <>
      <Button className="lg:hidden" aria-haspopup="dialog" onClick={() => setOpen(true)}>
        <ListTree aria-hidden className="size-4 text-quiet" /> Browse
      </Button>
      {open && (
        <Dialog title="Cache by experiment and process" onClose={() => setOpen(false)}>
          <CacheTree
            sources={sources}
            place={place}
            onPlace={(next) => {
              onPlace(next);
              setOpen(false);
            }}
          />
        </Dialog>
      )}
    </>
  );
}

"use client";
import { useState } from "react";
import type { StructureNode } from "../../lib/domain/preview.ts";
import { Button } from "../ui/button.tsx";
import { formatCount } from "../ui/format.ts";
import { escapeInvisible } from "../ui/visible-text.ts";

const firstChildren = 50;
const openDepth = 2;

/** What a value is made of, level by level; long levels show their first members until asked for more. */
export function StructureTree({ root }: { root: StructureNode }) {
  return (
    <ul
      className="m-0 list-none overflow-x-auto rounded-md border border-line bg-frame p-3 font-mono text-label"
      translate="no"
    >
      <Node node={root} depth={0} />
    </ul>
  );
}

function Node({ node, depth }: { node: StructureNode; depth: number }) {
  const children = node.children ?? [];
  if (children.length === 0) {
    return (
      <li className="py-0.5 whitespace-pre">
        <Head node={node} />
      </li>
    );
  }
  return (
    <li className="py-0.5">
      <details open={depth < openDepth}>
        <summary className="whitespace-pre marker:text-quiet">
          <Head node={node} />
        </summary>
        <Children nodes={children} size={node.size ?? children.length} depth={depth + 1} />
      </details>
    </li>
  );
}

function Children({ nodes, size, depth }: { nodes: readonly StructureNode[]; size: number; depth: number }) {
  const [shown, setShown] = useState(firstChildren);
  const left = Math.min(shown, nodes.length);
  return (
    <ul className="m-0 list-none border-l border-line pl-4">
      {nodes.slice(0, left).map((node, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: members of a stored value have no identity but their place
        <Node key={index} node={node} depth={depth} />
      ))}
      {left < nodes.length && (
        <li>
          <Button look="quiet" onClick={() => setShown(shown * 4)}>
            Show more of {formatCount(nodes.length)}
          </Button>
        </li>
      )}
      {size > nodes.length && left === nodes.length && (
        <li className="text-quiet">… {formatCount(size - nodes.length)} more not read</li>
      )}
    </ul>
  );
}

function Head({ node }: { node: StructureNode }) {
  return (
    <>
      {node.name !== undefined && <span className="text-accent">{escapeInvisible(node.name)}: </span>}
      <span className="text-quiet">{escapeInvisible(node.type)}</span>
      {node.text !== undefined && <span> {escapeInvisible(node.text)}</span>}
      {node.size !== undefined && <span className="text-quiet"> ({formatCount(node.size)})</span>}
    </>
  );
}
